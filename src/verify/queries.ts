import { inWords as timeInWords } from "../config/quantities.ts";
import { mostRowsShown } from "../config/verify.ts";
import { DatabaseError } from "../database/errors.ts";
import type { Looked } from "../report/verification.ts";
import { split } from "../sql/split.ts";
import { count, printable } from "../text.ts";
import { ask, inWords, sendAlone, startLooking, type VerifySession } from "./looking.ts";

/** An assertion in a file: one query or several. */
export interface AssertionFile {
  readonly path: string;
  /** Null where it could not be read; why says the reason. */
  readonly text: string | null;
  readonly why: string | null;
}

/** A query that returns rows has failed. The rows are data: without showRows only their number is told. */
export async function checkQueries(
  session: VerifySession,
  files: readonly AssertionFile[],
  { showRows, timeoutMs }: { readonly showRows: number; readonly timeoutMs: number },
): Promise<Looked> {
  const looking = startLooking("queries");
  for (const { path, text, why } of files) {
    if (text === null) {
      looking.look();
      looking.error(`${path} ${why ?? "could not be read"}.`);
      continue;
    }
    const queries = queriesIn(text);
    if (queries === null) {
      looking.look();
      looking.error(`${path} has a command of psql, or data for one.`, { hint: "write queries alone." });
      continue;
    }
    if (queries.length === 0) {
      looking.look();
      looking.error(`${path} has no query.`, {
        hint: "write one that returns what must not be there, or remove the file.",
      });
    }
    for (const [index, query] of queries.entries()) {
      looking.look();
      const name = queries.length === 1 ? path : `${path} (query ${index + 1})`;
      try {
        const found = await ask(session, { timeoutMs }, () => rowsOf(session, query, showRows));
        if (found === null) looking.error(`${name} took longer than ${timeInWords(timeoutMs)}.`);
        else if (found.rows > 0) {
          const { table, field, shown } = found;
          looking.error(`${name} returns ${count(found.rows, "row")}.`, { table, field, rows: shown });
        }
      } catch (thrown) {
        if (!(thrown instanceof DatabaseError) || thrown.lost) throw thrown;
        looking.error(`${name} could not be run: ${refusal(thrown)}`);
      }
    }
  }
  return looking.result;
}

/** Values of a row can stand in the message of a failed cast or constraint: these are not shown. */
function refusal(error: DatabaseError): string {
  if (error.sqlstate === "42601") return `${inWords(error)}: it must be a query (SELECT, VALUES, TABLE or WITH).`;
  const isData = error.sqlstate !== null && /^(22|23|P0)/.test(error.sqlstate);
  return isData ? `the server refuses it (${error.sqlstate}).` : inWords(error);
}

/** The statements of a file; null where something in it is none. */
function queriesIn(text: string): readonly string[] | null {
  const pieces = [...split(text)];
  return pieces.some(({ kind }) => kind !== "statement")
    ? null
    : pieces.map(({ start, end }) => text.slice(start, end));
}

interface Found {
  readonly rows: number;
  readonly table: string | null;
  readonly field: string | null;
  readonly shown: readonly string[];
}

/** Through a cursor: however many rows there are, few of them come here. */
async function rowsOf(session: VerifySession, query: string, showRows: number): Promise<Found> {
  await sendAlone(session, `DECLARE lockkeeper_assertion NO SCROLL CURSOR FOR ${query}`);
  const { rows } = await session.query(`FETCH FORWARD ${mostRowsShown} FROM lockkeeper_assertion`);
  const more = await session.query("MOVE FORWARD ALL FROM lockkeeper_assertion");
  const first = rows[0];
  const named = (column: string): string | null => {
    const value = first?.[column];
    return typeof value === "string" ? cut(value) : null;
  };
  return {
    rows: rows.length + (more.rowCount ?? 0),
    table: named("table"),
    field: named("field"),
    shown: rows.slice(0, showRows).map(rowInWords),
  };
}

function rowInWords(row: Readonly<Record<string, unknown>>): string {
  return Object.entries(row)
    .slice(0, 20)
    .map(([column, value]) => `${column}=${cut(inOneWord(value))}`)
    .join(", ");
}

function inOneWord(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (value instanceof Date) return value.toISOString();
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function cut(text: string): string {
  const characters = [...text.slice(0, 400)];
  return printable(characters.length > 100 ? `${characters.slice(0, 100).join("")}…` : text);
}
