import { tokenAt } from "./lexer.ts";
import { asNode, type Node, stringOf } from "./nodes.ts";
import { type Embedded, readBody } from "./plpgsql.ts";
import type { Grammar } from "./postgres.ts";
import type { BodyStep, LazyBody, RoutineBody, Statement } from "./script.ts";
import type { Lines } from "./spans.ts";

interface Source {
  readonly text: string;
  readonly lines: Lines;
}

/** A statement as it is written, and where. */
type Written = Pick<Statement, "sql" | "start">;

/** The body of a DO block or CREATE FUNCTION, to be read when it is needed; null for other statements. */
export function lazyBody(node: Node, statement: Written, source: Source, grammar: Grammar): LazyBody | null {
  if (!("DoStmt" in node) && !("CreateFunctionStmt" in node)) return null;
  const language = languageOf(node);
  let known: RoutineBody | null = null;
  return {
    get known() {
      return known;
    },
    async read() {
      known ??= await bodyOf(statement, language, source, grammar);
      return known;
    },
  };
}

/** What the body of a DO block or a routine does, step by step; unread where its language or its text cannot be read. */
async function bodyOf(statement: Written, language: string, source: Source, grammar: Grammar): Promise<RoutineBody> {
  if (language !== "plpgsql" && language !== "sql") return { kind: "unread", why: `it is written in ${language}` };
  const literal = literalOf(statement);
  if (literal === null) return { kind: "unread", why: "it is not written as one string" };
  if (language === "sql") return sqlBody(literal, source, grammar);
  const body = await readBody(statement.sql, grammar);
  if (body.kind === "unread") return body;
  const steps: BodyStep[] = [];
  for (const embedded of body.statements) {
    const step = await stepOf(embedded, literal, source, grammar);
    if (step !== null) steps.push(step);
  }
  return { kind: "read", steps };
}

function languageOf(node: Node): string {
  const options = asNode(node, "DoStmt")?.args ?? asNode(node, "CreateFunctionStmt")?.options ?? [];
  for (const each of options) {
    const option = asNode(each, "DefElem");
    if (option?.defname === "language") return (stringOf(option.arg) ?? "").toLowerCase();
  }
  return asNode(node, "DoStmt") === null ? "sql" : "plpgsql";
}

/** The text inside the quotes of a body, in offsets of the file. */
interface Literal {
  readonly start: number;
  readonly end: number;
  /** Dollar quotes leave the text as it is; in plain ones each quote is doubled. */
  readonly asWritten: boolean;
}

function literalOf({ sql, start }: Written): Literal | null {
  // The body is the longest string of the statement: a default or a comment option is not.
  let best: Literal | null = null;
  for (let token = tokenAt(sql, 0); token !== null; token = tokenAt(sql, token.end)) {
    if (token.kind !== "string" || !token.closed) continue;
    const tag = /^\$[^$]*\$/.exec(sql.slice(token.start, token.end))?.[0] ?? "'";
    const found = {
      start: start + token.start + tag.length,
      end: start + token.end - tag.length,
      asWritten: tag !== "'",
    };
    if (best === null || found.end - found.start > best.end - best.start) best = found;
  }
  return best;
}

async function sqlBody(literal: Literal, { text, lines }: Source, grammar: Grammar): Promise<RoutineBody> {
  if (!literal.asWritten) return { kind: "unread", why: "its quotes are doubled" };
  const body = text.slice(literal.start, literal.end);
  const answer = await grammar.parse(body);
  if (answer.kind !== "parsed") return { kind: "unread", why: "its SQL cannot be read" };
  const span = lines.span(literal.start, literal.end);
  const steps = answer.statements.flatMap(({ stmt }): BodyStep[] => {
    return stmt === undefined
      ? []
      : [{ kind: "statement", span, sql: body, node: stmt, conditional: false, inLoop: false }];
  });
  return { kind: "read", steps };
}

async function stepOf(
  embedded: Embedded,
  literal: Literal,
  { text, lines }: Source,
  grammar: Grammar,
): Promise<BodyStep | null> {
  const { sql, conditional, inLoop } = embedded;
  const { start, end } = placeOf(embedded, literal, text);
  const step = { span: lines.span(start, end), sql, conditional, inLoop };
  switch (embedded.kind) {
    case "commit":
    case "rollback":
      return { ...step, kind: embedded.kind, node: null };
    case "dynamic": {
      const constant = await constantOf(sql, grammar);
      const inner = constant === null ? null : await onlyStatement(constant, grammar);
      return inner === null
        ? { ...step, kind: "dynamic", node: null }
        : { ...step, kind: "statement", node: inner, sql: constant ?? sql };
    }
    case "sql": {
      const node = await onlyStatement(sql, grammar);
      return { ...step, kind: node === null ? "unread" : "statement", node };
    }
    case "expression": {
      const node = await onlyStatement(`SELECT ${sql}`, grammar);
      return { ...step, kind: node === null ? "unread" : "statement", node };
    }
  }
}

/** The one statement of a text; null where there is another number of them, or none can be read. */
async function onlyStatement(sql: string, grammar: Grammar): Promise<Node | null> {
  const answer = await grammar.parse(sql);
  return answer.kind === "parsed" && answer.statements.length === 1 ? (answer.statements[0]?.stmt ?? null) : null;
}

/** The text of EXECUTE 'a constant'. */
async function constantOf(expression: string, grammar: Grammar): Promise<string | null> {
  const select = asNode((await onlyStatement(`SELECT ${expression}`, grammar)) ?? undefined, "SelectStmt");
  const target = asNode(select?.targetList?.[0], "ResTarget");
  const literal = asNode(target?.val, "A_Const");
  return literal?.sval === undefined ? null : (literal.sval.sval ?? "");
}

/** Where an embedded statement stands: its text, looked for from its line on; the line alone where the text was written another way. */
function placeOf({ sql, line }: Embedded, { start, end }: Literal, text: string): { start: number; end: number } {
  let at = start;
  for (let left = line - 1; left > 0; left--) {
    const next = text.indexOf("\n", at);
    if (next === -1 || next >= end) break;
    at = next + 1;
  }
  const written = sql.trim();
  const found = written === "" ? -1 : text.indexOf(written, at);
  if (found !== -1 && found < end) return { start: found, end: found + written.length };
  const lineEnd = text.indexOf("\n", at);
  const first = at + (/^\s*/.exec(text.slice(at, end))?.[0].length ?? 0);
  return { start: first, end: Math.max(first, lineEnd === -1 || lineEnd > end ? end : lineEnd) };
}
