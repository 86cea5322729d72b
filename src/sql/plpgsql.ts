import type { Grammar } from "./postgres.ts";

/** One thing that a PL/pgSQL body does with the database, in the order of the text. */
export interface Embedded {
  /** expression: SQL without SELECT in front. dynamic: the expression whose value EXECUTE runs. */
  readonly kind: "sql" | "expression" | "dynamic" | "commit" | "rollback";
  readonly sql: string;
  /** Line of the statement, from 1 at the line on which the body's text begins. */
  readonly line: number;
  /** Runs only if something holds: inside IF, CASE, or an exception handler. */
  readonly conditional: boolean;
  /** Runs once for each turn of a loop. */
  readonly inLoop: boolean;
}

export type Body =
  | { readonly kind: "read"; readonly statements: readonly Embedded[] }
  | { readonly kind: "unread"; readonly why: string };

/** What a PL/pgSQL body does, from the whole text of its DO or CREATE FUNCTION statement. */
export async function readBody(statement: string, grammar: Grammar): Promise<Body> {
  const answer = await grammar.parsePlPgSql(statement);
  if (answer.kind === "refused") return { kind: "unread", why: answer.message };
  const statements: Embedded[] = [];
  collect(answer.functions, { line: 1, conditional: false, inLoop: false }, statements);
  return { kind: "read", statements };
}

interface Place {
  readonly line: number;
  readonly conditional: boolean;
  readonly inLoop: boolean;
}

const loops = /^PLpgSQL_stmt_(?:loop|while|fori|fors|forc|foreach_a|dynfors)$/;
const branches = /^PLpgSQL_(?:stmt_if|stmt_case|exception)$/;

/** Expressions of which every statement of the language is made, by the key that they stand under. */
function collect(node: unknown, place: Place, into: Embedded[]): void {
  if (Array.isArray(node)) {
    for (const each of node) collect(each, place, into);
    return;
  }
  if (typeof node !== "object" || node === null) return;
  for (const [name, value] of Object.entries(node)) {
    if (typeof value !== "object" || value === null) continue;
    if (name === "PLpgSQL_expr") {
      take(value as { query?: string; parseMode?: number }, "expression", place, into);
      continue;
    }
    const line = (value as { lineno?: number }).lineno ?? place.line;
    const here: Place = {
      line,
      conditional: place.conditional || branches.test(name),
      inLoop: place.inLoop || loops.test(name),
    };
    if (name === "PLpgSQL_stmt_commit" || name === "PLpgSQL_stmt_rollback") {
      into.push({ kind: name === "PLpgSQL_stmt_commit" ? "commit" : "rollback", sql: "", ...here });
      continue;
    }
    for (const [key, kind] of sqlKeys[name] ?? []) {
      const expression = expressionOf((value as Record<string, unknown>)[key]);
      if (expression !== null) take(expression, kind, here, into);
    }
    const taken = new Set((sqlKeys[name] ?? []).map(([key]) => key));
    for (const [key, child] of Object.entries(value)) {
      if (!taken.has(key)) collect(typeof child === "object" ? child : null, here, into);
    }
  }
}

/** Where the statements of the language hold whole SQL, or an expression whose value is SQL; everything else is an expression. */
const sqlKeys: Readonly<Record<string, readonly (readonly [key: string, kind: Embedded["kind"]])[]>> = {
  PLpgSQL_stmt_execsql: [["sqlstmt", "sql"]],
  PLpgSQL_stmt_perform: [["expr", "sql"]],
  PLpgSQL_stmt_call: [["expr", "sql"]],
  PLpgSQL_stmt_fors: [["query", "sql"]],
  PLpgSQL_stmt_return_query: [
    ["query", "sql"],
    ["dynquery", "dynamic"],
  ],
  PLpgSQL_stmt_open: [
    ["query", "sql"],
    ["dynquery", "dynamic"],
  ],
  PLpgSQL_stmt_dynexecute: [["query", "dynamic"]],
  PLpgSQL_stmt_dynfors: [["query", "dynamic"]],
};

function expressionOf(node: unknown): { query?: string; parseMode?: number } | null {
  if (typeof node !== "object" || node === null || !("PLpgSQL_expr" in node)) return null;
  return (node as { PLpgSQL_expr: { query?: string; parseMode?: number } }).PLpgSQL_expr;
}

function take(
  { query = "", parseMode = 0 }: { query?: string; parseMode?: number },
  kind: Embedded["kind"],
  place: Place,
  into: Embedded[],
): void {
  const { line, conditional, inLoop } = place;
  // Only a call can do anything in an expression. Modes 3 to 5 are assignments: what counts stands behind the sign.
  if (kind === "expression" && !query.includes("(")) return;
  const sql = parseMode >= 3 ? query.replace(/^[^=]*?:?=/, "") : query;
  into.push({ kind, sql, line, conditional, inLoop });
}
