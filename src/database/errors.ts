/** PostgreSQL's refusal, or a connection that failed. Holds no row of a table (DETAIL is left out), no URL and no password. */
export class DatabaseError extends Error {
  /** The SQLSTATE; null where the server said nothing. */
  readonly sqlstate: string | null;
  /** Where PostgreSQL points in the text that was sent: characters from 1; null where it points nowhere. */
  readonly position: number | null;
  /** PostgreSQL's own hint. */
  readonly hint: string | null;
  /** Whether the connection is gone with it: what was under way is then not known from this side. */
  readonly lost: boolean;

  constructor(
    message: string,
    more: { sqlstate?: string | null; position?: number | null; hint?: string | null; lost?: boolean } = {},
  ) {
    super(message);
    this.name = "DatabaseError";
    this.sqlstate = more.sqlstate ?? null;
    this.position = more.position ?? null;
    this.hint = more.hint ?? null;
    this.lost = more.lost ?? false;
  }
}

/** What kind of trouble an error is, as far as it decides what to do next. */
export type Trouble =
  /** Somebody else's lock or transaction was in the way: worth another try. */
  | "in-the-way"
  /** Cancelled from outside, or by a limit of time. */
  | "cancelled"
  /** The connection is gone. */
  | "lost"
  /** The server takes no writes: a standby, or a database that is read-only. */
  | "read-only"
  /** PostgreSQL refuses what was asked. */
  | "refused";

/**
 * Lock timeout, deadlock, serialization failure; and two changes of one catalog row at once (GRANT, CREATE OR REPLACE FUNCTION), for
 * which PostgreSQL has no code of its own (heapam's simple_heap_update: XX000 with these words).
 */
export function troubleOf(error: DatabaseError): Trouble {
  if (error.lost) return "lost";
  switch (error.sqlstate) {
    case "55P03":
    case "40P01":
    case "40001":
      return "in-the-way";
    case "XX000":
      return /^tuple concurrently (updated|deleted)/.test(error.message) ? "in-the-way" : "refused";
    case "57014":
      return "cancelled";
    case "25006":
      return "read-only";
    default:
      return "refused";
  }
}

/** Whether a connection that could not be made is worth waiting for: the server starts or stops, goes down just now, or is full. */
export function isTransient({ sqlstate, message }: DatabaseError): boolean {
  if (sqlstate !== null) return ["57P01", "57P02", "57P03", "53300"].includes(sqlstate);
  return /ECONNREFUSED|ECONNRESET|EPIPE|terminated unexpectedly/.test(message);
}

/** The server ends the connection with these, whatever severity it says in whichever language. */
const endsConnection = /^(08|57P0[1-5]|25P0[34])/;

/** What the driver threw, as an error that can be shown. */
export function asDatabaseError(thrown: unknown): DatabaseError {
  if (thrown instanceof DatabaseError) return thrown;
  if (!(thrown instanceof Error)) return new DatabaseError("The connection failed.", { lost: true });
  const sqlstate = textOf(thrown, "code");
  const isServers = sqlstate !== null && /^[0-9A-Z]{5}$/.test(sqlstate) && textOf(thrown, "severity") !== null;
  if (!isServers) return new DatabaseError(withoutPlace(thrown), { lost: true });
  const position = Number.parseInt(textOf(thrown, "position") ?? "", 10);
  const severity = textOf(thrown, "severity");
  return new DatabaseError(thrown.message, {
    sqlstate,
    position: Number.isNaN(position) ? null : position,
    hint: textOf(thrown, "hint"),
    lost: severity === "FATAL" || severity === "PANIC" || endsConnection.test(sqlstate),
  });
}

/** What Node says of a socket, without more than its code where it has one: the rest can hold a host from a broken URL. */
function withoutPlace(error: Error): string {
  const code = textOf(error, "code");
  if (code !== null) return `The connection failed (${code}).`;
  // Of several addresses each has failed with its own error.
  const first: unknown = error instanceof AggregateError ? error.errors[0] : undefined;
  if (first instanceof Error) return withoutPlace(first);
  const known = [
    "Connection terminated",
    "Client was closed",
    "not queryable",
    "timeout expired",
    "does not support SSL",
    "establishing an SSL connection",
    "SASL",
    "SCRAM",
    "certificate",
  ];
  return known.some((words) => error.message.includes(words)) ? error.message : "The connection failed.";
}

function textOf(error: Error, name: string): string | null {
  const value: unknown = Reflect.get(error, name);
  return typeof value === "string" && value !== "" ? value : null;
}
