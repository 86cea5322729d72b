import type { ApproveBy } from "../config/config.ts";
import type { Approvals } from "../gate/approvals.ts";
import type { Loosening } from "../gate/tighten.ts";
import type { Rule } from "../rules/rule.ts";
import type { CommentMark } from "./comment-mark.ts";

/** What a comment says besides the report. Every text may come from strangers. */
export interface CommentContext {
  /** Tells the comments of several checks of one pull request apart: any text. */
  readonly key: string;
  /** The run that writes it; the URL null where there is none to show. */
  readonly run: { readonly id: number; readonly attempt: number; readonly url: string | null };
  /** The commit that was judged, in full. */
  readonly head: string;
  /** Of the repository that has the commit, such as https://github.com/owner/name; null: lines and commits are not linked. */
  readonly repositoryUrl: string | null;
  /** Where the pages of the rules are, without a "/" at the end; null: rules are not linked. */
  readonly rulesUrl: string | null;
  readonly rules: readonly Rule[];
  /** The mark of the comment that stands there; null where there is none yet. */
  readonly before: CommentMark | null;
  /** Null where nobody has asked for them: the event is no pull request, or the token may not read reviews. */
  readonly approvals: CommentApprovals | null;
  readonly notices: readonly Notice[];
  /** Null where nobody has looked. */
  readonly collisions: Collisions | null;
}

/** The approvals as they stand, and the way in which this repository gives them. */
export interface CommentApprovals {
  readonly state: Approvals;
  readonly by: ApproveBy;
}

/** Something about the check itself that a reviewer must know. */
export type Notice =
  | {
      /** The pull request changes what decides about it: this counts only after the merge. */
      readonly kind: "config-changed";
      readonly path: string;
    }
  | (Loosening & { readonly kind: "loosening" })
  | {
      /** The SQL of a directory was printed by a program of the pull request. */
      readonly kind: "generated";
      readonly directory: string;
      readonly command: string;
    }
  | {
      /** What could not be done, as a sentence: approvals that cannot be read, a team that cannot be looked up. */
      readonly kind: "other";
      readonly sentence: string;
    };

/** Versions that other open pull requests bring too. */
export interface Collisions {
  readonly found: readonly {
    readonly version: string;
    readonly path: string;
    /** The other pull request. */
    readonly number: number;
    readonly title: string;
    readonly theirPath: string;
  }[];
  readonly lookedAt: number;
  readonly notLookedAt: number;
}
