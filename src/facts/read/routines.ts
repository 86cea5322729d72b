import { display, type Relation, relation } from "../../sql/names.ts";
import { type NodeOf, stringsOf } from "../../sql/nodes.ts";
import type { BodyStep, RoutineBody } from "../../sql/script.ts";
import { opaque } from "../opaque.ts";
import { isHarmless } from "./calls.ts";
import type { Read, ReadContext } from "./context.ts";
import { functionVolatility } from "./expressions.ts";

/** Routines that call one another are followed this far. */
const deepest = 8;

/** DO: what its body does, each step in its own place; opaque where the body could not be read. */
export function readDo(context: ReadContext): Read {
  const body = context.body?.known ?? null;
  if (body === null || body.kind === "unread") return [opaque("do-block", "DO block")];
  const steps = stepsOf(body, context);
  return steps.length === 0 ? [{ kind: "session-other" }] : steps;
}

/** CALL: as what the procedure does, where an earlier statement made it. */
export function readCall(node: NodeOf<"CallStmt">, context: ReadContext): Read {
  const name = stringsOf(node.funccall?.funcname);
  return callsOf([relation(name.at(-2), name.at(-1))], context);
}

/**
 * What the functions do that a statement calls: nothing for those that cannot write, what its body does for one that the migrations
 * made, opaque for one of which nothing is known.
 */
export function callsOf(called: readonly Relation[], context: ReadContext): Read {
  return called.flatMap((each): Read => {
    const own = context.catalog.function(each);
    if (own === null && isHarmless(each)) return [];
    if (functionVolatility(each, context.catalog) === "stable") return [];
    const body = own?.body?.known ?? null;
    if (body?.kind !== "read" || context.depth >= deepest) return [opaque("function-call", `${display(each)}()`)];
    // The body stands in another place, perhaps in another file: what it does is shown at the call.
    return stepsOf(body, { ...context, depth: context.depth + 1 }).map(
      ({ span: _span, sql: _sql, ...action }) => action,
    );
  });
}

function stepsOf(body: Extract<RoutineBody, { kind: "read" }>, context: ReadContext): Read {
  return body.steps.flatMap((step): Read => {
    const place = { span: step.span, sql: step.sql, conditional: step.conditional, inLoop: step.inLoop };
    return stepOf(step, context).map((action) => ({ ...place, ...action }));
  });
}

function stepOf(step: BodyStep, context: ReadContext): Read {
  switch (step.kind) {
    case "statement":
      if (step.node === null) return [];
      // A query for its own sake, as conditions and PERFORM are, is nothing to show.
      return context
        .readNode(step.node, { ...context, body: null })
        .filter((action) => action.kind !== "select" || action.forUpdate);
    case "dynamic":
      return [opaque("dynamic-sql", "EXECUTE")];
    case "unread":
      return [opaque("unrecognised", "a statement in the body")];
    case "commit":
    case "rollback":
      return [{ kind: "commit-inside" }];
  }
}
