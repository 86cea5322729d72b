import { loadModule, type Node, parseSync, scanSync } from "libpg-query";

/** A statement of a script, cut out by PostgreSQL's own parser, so that the product's splitter is not judged by itself. */
export interface Piece {
  /** The line of its first token, 1-based. */
  readonly line: number;
  /** From its first token to its end, without the semicolon. */
  readonly sql: string;
  /** Null where it does not parse. A script with such a statement is cut at its semicolons, as psql would. */
  readonly node: Node | null;
}

await loadModule();

/** Cuts a script into its statements. */
export function split(sql: string): readonly Piece[] {
  const bytes = Buffer.from(sql);
  const parsed = parsedStatements(sql);
  const cuts = parsed ?? semicolons(sql);
  return cuts.map(({ start, end, node }) => {
    const first = firstToken(sql, start);
    return {
      line: bytes.subarray(0, first).toString().split("\n").length,
      sql: bytes.subarray(first, end).toString(),
      node,
    };
  });
}

/** Byte offsets, as the parser counts. */
interface Cut {
  readonly start: number;
  readonly end: number | undefined;
  readonly node: Node | null;
}

function parsedStatements(sql: string): readonly Cut[] | null {
  try {
    return (parseSync(sql).stmts ?? []).map(({ stmt, stmt_location: start = 0, stmt_len: length = 0 }) => ({
      start,
      // A length of 0 means: to the end.
      end: length === 0 ? undefined : start + length,
      node: stmt ?? null,
    }));
  } catch {
    return null;
  }
}

function semicolons(sql: string): readonly Cut[] {
  const ends = scanSync(sql).tokens.filter((token) => token.text === ";");
  const starts = [0, ...ends.map((token) => token.end)];
  const bytes = Buffer.from(sql);
  return starts
    .map((start, index) => ({ start, end: ends[index]?.start }))
    .filter(({ start }) => firstToken(sql, start) !== undefined)
    .map((cut) => ({
      ...cut,
      node: parsedStatements(bytes.subarray(cut.start, cut.end).toString())?.[0]?.node ?? null,
    }));
}

function firstToken(sql: string, from: number): number | undefined {
  return scanSync(sql).tokens.find(({ start, tokenName }) => start >= from && !tokenName.endsWith("_COMMENT"))?.start;
}

/** Whether PostgreSQL refuses the statement in a transaction block, so far as the chains have such statements. */
export function refusesTransaction({ node }: Piece): boolean {
  if (node === null) return false;
  if ("IndexStmt" in node) return node.IndexStmt.concurrent === true;
  if ("DropStmt" in node) return node.DropStmt.concurrent === true;
  return "VacuumStmt" in node && node.VacuumStmt.is_vacuumcmd === true;
}

/** Whether the statement begins or ends a transaction. */
export function controlsTransaction({ node }: Piece): boolean {
  return node !== null && "TransactionStmt" in node;
}
