import type { Span } from "../sql/spans.ts";

/** What the catalog says of a statement's work. broken: an INVALID index; untold: the catalog does not show it (rows, settings, code). */
export type Evidence = "there" | "not-there" | "broken" | "untold";

/** One statement of a migration that was begun and not finished. */
export interface StatementEvidence {
  readonly number: number;
  readonly span: Span;
  /** Its first line. */
  readonly sql: string;
  /** What the journal says: done, the one that may have run, or not reached; null where there is no journal of it. */
  readonly journal: "done" | "in-doubt" | "next" | "not-reached" | null;
  readonly catalog: Evidence;
}
