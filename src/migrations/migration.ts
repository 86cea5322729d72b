import type { Layout as LayoutId } from "../config/config.ts";

/** One version: an up script and, where there is one, its down script. */
export interface Migration {
  /** As the file name spells it; two spellings of one number are the same version. */
  readonly version: string;
  readonly name: string;
  /** Null for a down script that stands alone. */
  readonly up: string | null;
  readonly down: string | null;
}

/** What is wrong with a file before its SQL is looked at. */
export interface FileProblem {
  readonly kind:
    | "deleted-migration"
    | "duplicate-version"
    | "edited-migration"
    | "missing-down"
    | "missing-up"
    | "out-of-order-version"
    | "renamed-migration"
    | "unreadable"
    | "unrecognised";
  readonly path: string;
  readonly message: string;
  /** Left out where it is certain. */
  readonly certainty?: "certain" | "possible";
}

/** What a directory holds, in the order in which its tool applies it. */
export interface Discovered {
  readonly directory: string;
  readonly layout: LayoutId;
  readonly migrations: readonly Migration[];
  readonly problems: readonly FileProblem[];
  /** Files that are no migration and do not look like one. */
  readonly ignored: readonly string[];
}
