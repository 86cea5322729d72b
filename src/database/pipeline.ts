import type { Connection, Submittable } from "pg";
import { asDatabaseError, DatabaseError } from "./errors.ts";
import type { Answer, Sent } from "./session.ts";

/** What the driver calls of a query of ours, beside `submit`. */
interface Pipeline extends Submittable {
  handleRowDescription(): void;
  handleDataRow(message: { readonly fields: readonly (string | null)[] }): void;
  handleCommandComplete(message: { readonly text: string }): void;
  handleEmptyQuery(): void;
  handlePortalSuspended(): void;
  handleCopyInResponse(connection: Connection): void;
  handleCopyData(): void;
  handleError(error: unknown): void;
  handleReadyForQuery(): void;
}

/**
 * Statements by the extended protocol with one Sync behind all of them: the server skips everything after an error, also when that
 * hits the BEGIN. With simple queries one behind the other, what follows a BEGIN that failed would run, and commit, by itself.
 */
export function pipelineOf(
  statements: readonly Sent[],
  { answer, onDone }: { answer: (answer: Answer) => void; onDone: (index: number) => void },
): Pipeline {
  const rowCounts: (number | null)[] = [];
  let lastRow: readonly (string | null)[] = [];
  let failure: DatabaseError | null = null;
  const done = (tag: string): void => {
    rowCounts.push(countOf(tag));
    onDone(rowCounts.length - 1);
  };
  return {
    submit(connection) {
      connection.stream.cork();
      for (const { sql, values = [] } of statements) {
        connection.parse({ name: "", text: sql, types: [] }, true);
        connection.bind({ values: values.map(parameter) }, true);
        connection.execute({ portal: "", rows: "" }, true);
      }
      connection.sync();
      connection.stream.uncork();
    },
    handleRowDescription() {},
    handleDataRow({ fields }) {
      lastRow = fields;
    },
    handleCommandComplete: ({ text }) => done(text),
    handleEmptyQuery: () => done(""),
    handlePortalSuspended() {},
    // COPY … FROM STDIN has no data here. What is sent behind it ends it: the server takes the next Parse for an error.
    handleCopyInResponse() {},
    handleCopyData() {},
    handleError(error) {
      if (failure !== null) return;
      failure = asDatabaseError(error);
      answer({ kind: "failed", index: rowCounts.length, error: failure });
    },
    handleReadyForQuery() {
      if (failure !== null) return;
      if (rowCounts.length === statements.length) answer({ kind: "done", rowCounts, lastRow });
      else {
        const error = new DatabaseError(`The server answered ${rowCounts.length} of ${statements.length} statements.`, {
          lost: true,
        });
        answer({ kind: "failed", index: rowCounts.length, error });
      }
    },
  };
}

/** INSERT 0 3 → 3; CREATE TABLE → null. */
function countOf(tag: string): number | null {
  const count = /^(?:INSERT \d+|UPDATE|DELETE|MERGE|COPY) (\d+)$/.exec(tag)?.[1];
  return count === undefined ? null : Number(count);
}

/** A value in PostgreSQL's text form. */
function parameter(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return value.toISOString();
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") return String(value);
  throw new TypeError("A parameter is neither text nor number, truth value or date.");
}
