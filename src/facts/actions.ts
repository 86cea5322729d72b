import type { Relation } from "../sql/names.ts";
import type { LazyBody } from "../sql/script.ts";
import type { LockMode } from "./locks.ts";

/** A type as it is written: PostgreSQL's own name (int4, varchar), its modifiers in order, and whether it is an array. */
export interface TypeName {
  readonly schema: string | null;
  readonly name: string;
  readonly modifiers: readonly number[];
  readonly array: boolean;
}

/** What existing rows get in a new column. unknown: an expression whose volatility is not known. */
export type Fill = "null" | "constant" | "volatile" | "unknown";

export interface ColumnDefinition {
  readonly name: string;
  readonly type: TypeName;
  readonly notNull: boolean;
  readonly fill: Fill;
  readonly serial: boolean;
  readonly identity: boolean;
  readonly generated: "stored" | "virtual" | null;
  readonly collation: string | null;
}

export type ConstraintType = "check" | "foreign-key" | "unique" | "primary-key" | "exclude" | "not-null";

export interface ConstraintDefinition {
  /** Null where PostgreSQL chooses the name. */
  readonly name: string | null;
  readonly type: ConstraintType;
  /** The columns it names; for a check, those its expression reads. */
  readonly columns: readonly string[];
  readonly references: { readonly table: Relation; readonly columns: readonly string[] } | null;
  /** NOT VALID: existing rows are not looked at. */
  readonly notValid: boolean;
  /** NOT ENFORCED (18): no row is looked at. */
  readonly notEnforced: boolean;
  readonly usingIndex: string | null;
  /** The column of CHECK (column IS NOT NULL): PostgreSQL takes such a valid check as proof for SET NOT NULL. */
  readonly provesNotNull: string | null;
  /** What DELETE of the row that a foreign key refers to does to the rows that refer to it. */
  readonly onDelete: "refuse" | "change" | null;
}

/** A table as CREATE TABLE writes it. */
export interface TableDefinition {
  readonly columns: readonly ColumnDefinition[];
  readonly constraints: readonly ConstraintDefinition[];
  readonly like: readonly Relation[];
  readonly inherits: readonly Relation[];
  readonly partitionOf: Relation | null;
  readonly isDefaultPartition: boolean;
  readonly partitioned: boolean;
}

/** Objects that are only created, changed, renamed or dropped by name, with no lock on a table's rows. */
export type PlainObject =
  | "schema"
  | "sequence"
  | "type"
  | "extension"
  | "statistics"
  | "publication"
  | "subscription"
  | "event-trigger"
  | "role"
  | "database"
  | "tablespace"
  | "foreign-data-wrapper"
  | "foreign-server"
  | "user-mapping"
  | "language"
  | "other-object";

type OnTable = { readonly table: Relation };
type OnColumn = OnTable & { readonly column: string };

/** Each kind of thing an author can write, without its place in the file. One line a kind. */
export type ActionBody = Readonly<
  | (OnTable & {
      kind: "create-table";
      definition: TableDefinition;
      temporary: boolean;
      onCommitDrop: boolean;
      /** CREATE TABLE AS, SELECT INTO: it has rows at once. */
      fromQuery: boolean;
      ifNotExists: boolean;
      reads: readonly Relation[];
    })
  | (OnTable & { kind: "drop-table"; cascade: boolean; ifExists: boolean; foreign: boolean })
  | (OnTable & { kind: "truncate"; cascade: boolean; only: boolean; together: readonly Relation[] })
  | (OnTable & { kind: "rename-table"; to: Relation })
  | (OnColumn & {
      kind: "add-column";
      type: TypeName;
      notNull: boolean;
      fill: Fill;
      definition: ColumnDefinition;
      constraints: readonly ConstraintDefinition[];
      ifNotExists: boolean;
    })
  | (OnColumn & { kind: "drop-column"; cascade: boolean; ifExists: boolean })
  | (OnColumn & { kind: "rename-column"; to: string })
  | (OnColumn & { kind: "alter-column-type"; type: TypeName; using: "none" | "computes"; collation: string | null })
  | (OnColumn & {
      kind: "set-default" | "drop-default" | "set-not-null" | "drop-not-null" | "set-expression" | "drop-expression";
    })
  | (OnColumn & {
      kind:
        | "add-identity"
        | "set-identity"
        | "restart-identity"
        | "drop-identity"
        | "set-statistics"
        | "set-column-options"
        | "set-storage"
        | "set-compression";
    })
  | (OnTable & { kind: "add-constraint"; constraint: ConstraintDefinition })
  | (OnTable & { kind: "validate-constraint" | "alter-constraint"; name: string })
  | (OnTable & { kind: "drop-constraint"; name: string; cascade: boolean; ifExists: boolean })
  | (OnTable & { kind: "rename-constraint"; name: string; to: string })
  | (OnTable & {
      kind: "set-logged" | "set-unlogged" | "set-tablespace" | "set-access-method" | "set-table-options" | "cluster-on";
    })
  | (OnTable & {
      kind:
        | "replica-identity"
        | "enable-row-security"
        | "disable-row-security"
        | "force-row-security"
        | "unforce-row-security"
        | "change-table-type";
    })
  | (OnTable & { kind: "enable-trigger" | "disable-trigger" | "enable-rule" | "disable-rule"; name: string | null })
  | (OnTable & { kind: "inherit" | "no-inherit"; parent: Relation })
  | (OnTable & { kind: "attach-partition"; partition: Relation; isDefault: boolean })
  | (OnTable & { kind: "detach-partition"; partition: Relation; concurrently: boolean })
  | (OnTable & {
      kind: "create-index";
      index: string | null;
      concurrently: boolean;
      unique: boolean;
      /** ON ONLY: the index of a partitioned table alone, none of its partitions'. */
      only: boolean;
      ifNotExists: boolean;
      columns: readonly string[];
      expressions: boolean;
      /** Every column that it reads, in expressions and conditions too: it goes with each of them. */
      reads: readonly string[];
      /** Columns, and for expressions the names that PostgreSQL uses in an index's own name. */
      nameParts: readonly string[];
    })
  | { kind: "drop-index"; index: Relation; concurrently: boolean; ifExists: boolean; cascade: boolean }
  | {
      kind: "alter-index";
      index: Relation;
      what: "options" | "tablespace" | "attach" | "statistics";
      attached: Relation | null;
    }
  | { kind: "rename-index"; index: Relation; to: string }
  | {
      kind: "reindex";
      what: "index" | "table" | "schema" | "database";
      relation: Relation | null;
      schema: string | null;
      concurrently: boolean;
    }
  | {
      kind: "create-view" | "create-materialized-view";
      view: Relation;
      replace: boolean;
      ifNotExists: boolean;
      reads: readonly Relation[];
    }
  | { kind: "drop-view" | "drop-materialized-view"; view: Relation; cascade: boolean; ifExists: boolean }
  | { kind: "alter-view"; view: Relation }
  | { kind: "rename-view"; view: Relation; to: Relation }
  | { kind: "refresh-materialized-view"; view: Relation; concurrently: boolean }
  | (OnTable & { kind: "create-trigger"; name: string; function: Relation; replace: boolean })
  | (OnTable & {
      kind:
        | "create-policy"
        | "alter-policy"
        | "create-rule"
        | "drop-trigger"
        | "drop-policy"
        | "drop-rule"
        | "rename-trigger"
        | "rename-policy"
        | "rename-rule";
      name: string;
      ifExists: boolean;
    })
  | {
      kind: "create-function" | "create-procedure";
      name: Relation;
      replace: boolean;
      language: string;
      volatility: "immutable" | "stable" | "volatile" | null;
      body: LazyBody | null;
    }
  | { kind: "alter-function" | "drop-function" | "rename-function"; name: Relation; cascade: boolean }
  | { kind: "create-enum"; name: Relation; values: readonly string[] }
  | { kind: "add-enum-value"; type: Relation; value: string; ifNotExists: boolean }
  | { kind: "rename-enum-value"; type: Relation; value: string; to: string }
  | { kind: "create-domain"; name: Relation; base: TypeName; constrained: boolean }
  | {
      kind: "alter-domain";
      name: Relation;
      what: "add-constraint" | "validate" | "set-not-null" | "other";
      notValid: boolean;
    }
  | { kind: `create-${PlainObject}`; name: Relation; ifNotExists: boolean; on: readonly Relation[] }
  | { kind: `alter-${PlainObject}`; name: Relation; on: readonly Relation[] }
  | { kind: `rename-${PlainObject}`; name: Relation; to: string }
  | { kind: `drop-${PlainObject}`; name: Relation; cascade: boolean; ifExists: boolean }
  | { kind: "comment"; on: Relation | null }
  | { kind: "change-owner"; on: Relation | null }
  | { kind: "grant" | "revoke"; on: readonly Relation[]; widens: boolean }
  | { kind: "grant-role"; widens: boolean }
  | { kind: "default-privileges"; widens: boolean }
  | { kind: "reassign-owned" | "drop-owned" | "security-label" }
  | (OnTable & { kind: "insert"; rows: number | null; reads: readonly Relation[] })
  | (OnTable & { kind: "update" | "delete"; where: "none" | "some"; atMost: number | null; reads: readonly Relation[] })
  | (OnTable & { kind: "merge"; does: readonly ("INSERT" | "UPDATE" | "DELETE")[]; reads: readonly Relation[] })
  | (OnTable & { kind: "copy-from"; from: "stdin" | "file" | "program" })
  | { kind: "copy-to"; reads: readonly Relation[]; to: "stdout" | "file" | "program" }
  | { kind: "select"; reads: readonly Relation[]; forUpdate: boolean }
  | { kind: "set-sequence-value" }
  | { kind: "set"; name: string; value: string | null; local: boolean }
  | { kind: "begin" | "commit" | "rollback" | "session-other" }
  // COMMIT or ROLLBACK inside a routine: it works only where no transaction is open around it.
  | { kind: "commit-inside" }
  | { kind: "savepoint" | "rollback-to" | "release"; name: string }
  | { kind: "lock-table"; tables: readonly Relation[]; mode: LockMode }
  | { kind: "vacuum"; tables: readonly Relation[]; full: boolean }
  | { kind: "analyze"; tables: readonly Relation[] }
  | { kind: "cluster"; table: Relation | null }
  | { kind: "alter-system" | "checkpoint" | "move-all-tables" | "load-library" }
  | { kind: "opaque"; reason: OpaqueReason; what: string; keepsCatalog: boolean }
>;

/** Why nothing is known of what a statement does. */
export type OpaqueReason = "unreadable" | "do-block" | "dynamic-sql" | "function-call" | "unrecognised";

export type ActionKind = ActionBody["kind"];

/** The action bodies of these kinds. */
export type ActionOf<K extends ActionKind> = ActionBody extends infer Each
  ? Each extends { readonly kind: infer Kind }
    ? K extends Kind
      ? Each
      : never
    : never
  : never;
