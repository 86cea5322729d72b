import type { LockMode } from "../facts/locks.ts";
import type { Relation } from "../sql/names.ts";
import type { ServerIdentity } from "./database.ts";

/** What the server is like just now. Null where it does not tell. */
export interface ServerState {
  readonly identity: ServerIdentity;
  /** Why nothing can be written; null where it can. */
  readonly readOnly: string | null;
  readonly connections: { readonly used: number; readonly most: number };
  /** Replicas and how far each is behind; null where this role may not see it. */
  readonly replicas: readonly { readonly name: string; readonly lagMs: number }[] | null;
  /** Why a pooler is thought to stand between; null where none is. */
  readonly pooled: string | null;
  /** Of the disk with the data; null where it cannot be seen from here. */
  readonly freeDiskBytes: number | null;
  /** Where the journal was written last, as far as it says. */
  readonly lastTime: LastTime | null;
}

/** What the journal says of the database in which it was written. */
export interface LastTime {
  readonly environment: string | null;
  readonly systemIdentifier: string | null;
  readonly database: string | null;
}

/** What a deploy needs the right to do. */
export interface NeededRights {
  /** The role that does it; null: the one that connects. */
  readonly role: string | null;
  /** Ledgers that are written, as SQL names them. */
  readonly ledgers: readonly string[];
  readonly needs: readonly Need[];
}

/** One right, by what it is about. Relations are tables, views, indexes and sequences. */
export type Need = Readonly<
  | { kind: "create-in"; schema: string }
  /** Only its owner may do it; to drop it, the owner of its schema may too. */
  | { kind: "own" | "drop"; relation: Relation }
  | { kind: "own-type" | "own-routine"; name: Relation }
  | { kind: "privilege"; relation: Relation; privilege: Privilege }
  | { kind: "database"; right: "CREATE" | "CREATEROLE" | "CREATEDB" | "SUPERUSER" }
  | { kind: "extension"; name: string }
>;

/**
 * What GRANT gives on a relation. LOCK: one of those that LOCK TABLE takes. GRANT: to hand any of them on. MAINTAIN is its owner's alone
 * before 17.
 */
export type Privilege =
  | "SELECT"
  | "INSERT"
  | "UPDATE"
  | "DELETE"
  | "TRUNCATE"
  | "REFERENCES"
  | "TRIGGER"
  | "MAINTAIN"
  | "LOCK"
  | "GRANT";

/** A lock that a deploy will ask for. */
export interface WantedLock {
  readonly table: Relation;
  readonly mode: LockMode;
}

/** Somebody who holds what a deploy will wait for. */
export interface InTheWay {
  /** Null for a transaction that is in the way of an index that is built concurrently, whatever it holds. */
  readonly table: Relation | null;
  readonly pid: number;
  readonly user: string | null;
  readonly application: string | null;
  /** How long its transaction lasts; null where this role may not see it. */
  readonly forMs: number | null;
  readonly what: "transaction" | "prepared-transaction" | "vacuum-against-wraparound";
}

/** What is asked of the database before anything runs. */
export interface PreflightDatabase {
  state(): Promise<ServerState>;
  /** What is missing, each as a sentence. */
  missingRights(needed: NeededRights): Promise<readonly string[]>;
  /** Transactions that have lasted so long and hold what these locks have to wait for. Asks for no lock. */
  inTheWay(
    wanted: readonly WantedLock[],
    limits: { readonly olderThanMs: number; readonly anySnapshot: boolean },
  ): Promise<readonly InTheWay[]>;
}
