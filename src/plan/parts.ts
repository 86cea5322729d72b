import type { ActionWithEffects, StatementFacts } from "../facts/facts.ts";
import type { FileFacts } from "../facts/file.ts";
import type { Relation } from "../sql/names.ts";
import type { Span } from "../sql/spans.ts";

/** One statement of a script, as it is sent. */
export interface Step {
  readonly sql: string;
  readonly span: Span;
  /** From 1, as it stands in its script. */
  readonly number: number;
  /** In words of SQL, for progress and errors: "create index concurrently on orders". */
  readonly what: string;
}

/** What is done together or not at all, in the order of the script. */
export type Part =
  /** Statements in one transaction; begin is the file's own BEGIN where it has one. */
  | {
      readonly kind: "transaction";
      readonly begin: string;
      readonly steps: readonly Step[];
      /** The number of the script's last statement that it covers, its own COMMIT included. */
      readonly last: number;
    }
  /** One statement that PostgreSQL refuses inside a transaction. */
  | { readonly kind: "alone"; readonly step: Step; readonly last: number; readonly recovery: Recovery }
  /** Statements that the file itself rolls back: they leave nothing. */
  | { readonly kind: "undone-by-itself"; readonly steps: readonly Step[]; readonly last: number };

/** How the catalog tells, after a crash, whether a statement that stood alone has been done. */
export type Recovery = Readonly<
  | { kind: "create-index"; table: Relation; index: string | null; ifNotExists: boolean }
  | { kind: "drop-index"; index: Relation }
  | { kind: "reindex" }
  | { kind: "detach-partition"; table: Relation; partition: Relation }
  /** Doing it twice does no harm: VACUUM, ALTER SYSTEM, CHECKPOINT. */
  | { kind: "repeatable" }
  /** Nothing tells: a routine that commits, CREATE DATABASE. */
  | { kind: "unknown" }
>;

/** A script as Lockkeeper applies it, or why it cannot. */
export type Parts =
  | { readonly kind: "parts"; readonly parts: readonly Part[] }
  | { readonly kind: "refused"; readonly at: Span; readonly why: string };

/** Whether the ledger and the journal can go into the one transaction that does everything. */
export function isOneTransaction(parts: readonly Part[]): boolean {
  return parts.length === 0 || (parts.length === 1 && parts[0]?.kind === "transaction");
}

/** Cuts a script where its transactions begin and end. */
export function partsOf({ statements, model }: Pick<FileFacts, "statements" | "model">): Parts {
  const unread = statements.find(({ statement }) => statement.kind === "unread");
  if (unread?.statement.kind === "unread") {
    return { kind: "refused", at: unread.statement.at, why: unread.statement.message };
  }
  const copy = statements.find(({ actions }) => actions.some((a) => a.kind === "copy-from" && a.from === "stdin"));
  if (copy !== undefined) {
    return { kind: "refused", at: copy.statement.span, why: "COPY … FROM STDIN has no data that could be sent." };
  }
  const all = statements.map((facts, i) => ({ facts, step: stepOf(facts, i + 1), control: controlOf(facts) }));
  const prepared = all.find(({ step }) =>
    /^(prepare\s+transaction|commit\s+prepared|rollback\s+prepared)/i.test(step.sql),
  );
  if (prepared !== undefined) {
    return {
      kind: "refused",
      at: prepared.step.span,
      why: "Two-phase commit leaves a transaction behind that no run ends.",
    };
  }
  const first = all.find(({ control }) => control !== null)?.control ?? null;
  // Nothing of its own, or written for a tool that begins for it: COMMIT; CREATE INDEX CONCURRENTLY …; BEGIN.
  const wrapped = first === "commit" || first === "rollback";
  const bare = first === null && model !== "statements" && all.every(({ facts }) => !standsAlone(facts));
  return cut(all, { begun: wrapped || bare, endsOpen: wrapped || bare });
}

interface Each {
  readonly facts: StatementFacts;
  readonly step: Step;
  readonly control: Control | null;
}

type Control = "begin" | "commit" | "rollback" | "chain";

function cut(all: readonly Each[], { begun, endsOpen }: { begun: boolean; endsOpen: boolean }): Parts {
  const parts: Part[] = [];
  let open: { begin: string; from: Step | null; steps: Step[] } | null = begun
    ? { begin: "BEGIN", from: null, steps: [] }
    : null;
  const close = (kind: "transaction" | "undone-by-itself", last: number): void => {
    if (open !== null && open.steps.length > 0) {
      parts.push(
        kind === "transaction"
          ? { kind, begin: open.begin, steps: open.steps, last }
          : { kind, steps: open.steps, last },
      );
    }
    open = null;
  };
  for (const { facts, step, control } of all) {
    switch (control) {
      case "begin":
        if (open !== null && open.steps.length > 0) {
          return { kind: "refused", at: step.span, why: "BEGIN stands inside a transaction that is open already." };
        }
        open = { begin: step.sql, from: step, steps: [] };
        break;
      case "commit":
        close("transaction", step.number);
        break;
      case "rollback":
        close("undone-by-itself", step.number);
        break;
      case "chain":
        return { kind: "refused", at: step.span, why: "AND CHAIN begins a transaction that the script does not show." };
      case null:
        if (open !== null) open.steps.push(step);
        else if (standsAlone(facts)) {
          parts.push({ kind: "alone", step, last: step.number, recovery: recoveryOf(facts) });
        } else parts.push({ kind: "transaction", begin: "BEGIN", steps: [step], last: step.number });
    }
  }
  if (open?.from !== undefined && open?.from !== null && !endsOpen) {
    return { kind: "refused", at: open.from.span, why: "This BEGIN has no COMMIT: the transaction would stay open." };
  }
  close("transaction", all.length);
  return { kind: "parts", parts };
}

function stepOf({ statement, actions }: StatementFacts, number: number): Step {
  return { sql: statement.sql, span: statement.span, number, what: inWords(actions) };
}

function inWords(actions: readonly ActionWithEffects[]): string {
  const action = actions[0];
  if (action === undefined) return "statement";
  const concurrently = "concurrently" in action && action.concurrently ? " concurrently" : "";
  const on = "table" in action && action.table !== null ? ` on ${action.table.name}` : "";
  return `${action.kind.replaceAll("-", " ")}${concurrently}${on}`;
}

function controlOf({ actions }: StatementFacts): Control | null {
  const [first, second] = actions;
  if (first?.kind !== "begin" && first?.kind !== "commit" && first?.kind !== "rollback") return null;
  // COMMIT AND CHAIN is read as a COMMIT and a BEGIN.
  return second === undefined ? first.kind : "chain";
}

/** What PostgreSQL refuses inside a transaction, whatever the catalog says of it now, and routines that may end one themselves. */
function standsAlone({ actions }: StatementFacts): boolean {
  return actions.some((action) => {
    if (action.kind === "commit-inside") return true;
    // REFRESH … CONCURRENTLY is the one that may be in a transaction.
    if ("concurrently" in action && action.concurrently && action.kind !== "refresh-materialized-view") return true;
    return action.effects.some((effect) => effect.kind === "no-transaction-block");
  });
}

function recoveryOf({ actions }: StatementFacts): Recovery {
  const action = actions.length === 1 ? actions[0] : undefined;
  switch (action?.kind) {
    case "create-index":
      return { kind: "create-index", table: action.table, index: action.index, ifNotExists: action.ifNotExists };
    case "drop-index":
      return { kind: "drop-index", index: action.index };
    case "detach-partition":
      return { kind: "detach-partition", table: action.table, partition: action.partition };
    case "reindex":
      return { kind: "reindex" };
    case "vacuum":
    case "analyze":
    case "cluster":
    case "alter-system":
    case "checkpoint":
    case "session-other":
      return { kind: "repeatable" };
    default:
      return { kind: "unknown" };
  }
}
