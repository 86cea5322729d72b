import type { StatementEvidence } from "./evidence.ts";
import type { Outcome } from "./outcome.ts";

/** What a person decides about the migration of a version. */
export type Resolution = Readonly<
  | { kind: "applied" }
  | { kind: "not-applied" }
  /** Go on with the statement of this number. */
  | { kind: "resume"; at: number }
  | { kind: "roll-back" }
>;

/** A migration that was begun and not finished, with what is known of it. */
export interface Unfinished {
  readonly version: string;
  readonly path: string;
  /** What stopped it, as the journal has it; null where another tool has begun it. */
  readonly error: string | null;
  readonly statements: readonly StatementEvidence[];
  /** What fits, the likeliest first. */
  readonly offers: readonly Resolution[];
}

/** What `resolve` found, and did. */
export interface Resolved {
  readonly unfinished: readonly Unfinished[];
  /** What was decided; null where nothing was asked for. */
  readonly decided: {
    readonly version: string;
    readonly resolution: Resolution;
    /** Of the down script, where one was run. */
    readonly outcome: Outcome | null;
  } | null;
}

/** How it is asked for on the command line. */
export function optionOf(resolution: Resolution): string {
  switch (resolution.kind) {
    case "applied":
      return "--mark applied";
    case "not-applied":
      return "--mark not-applied";
    case "resume":
      return `--resume-at ${resolution.at}`;
    case "roll-back":
      return "--roll-back";
  }
}
