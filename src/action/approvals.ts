import type { Config } from "../config/config.ts";
import { UserError } from "../errors.ts";
import {
  type Approvals,
  type Asked,
  approvalsAsked,
  type Standing,
  type Word,
  weighApprovals,
  wordsOfLabels,
  wordsOfReviews,
} from "../gate/approvals.ts";
import type { Api } from "../github/api.ts";
import { labelsOf, reviewsOf, standingOf } from "../github/people.ts";
import type { Report } from "../report/report.ts";

/** What an approval must be for. */
export interface Approved {
  readonly number: number;
  readonly author: string;
  readonly head: string;
  readonly digest: string;
  /** When this digest was first seen on this commit, if another was seen before: reviews from before are not for it. Else "". */
  readonly since: string;
}

/** How many people are asked for what needs an approval in a report; empty where nobody is. */
export function askedFor({ verdict, migrations }: Report, { policy }: Config): readonly Asked[] {
  if (verdict.outcome !== "needs-approval") return [];
  const asking = migrations.filter((migration) => migration.verdict === "needs-approval");
  return approvalsAsked(
    asking.map(({ risk }) => risk),
    policy,
  );
}

/** The approvals of a pull request as they stand now. Throws UserError where they cannot be read. */
export async function approvalsOf(
  api: Api,
  of: Approved,
  { asked, config }: { readonly asked: readonly Asked[]; readonly config: Config },
): Promise<Approvals> {
  const words = await wordsFor(api, of, config);
  const teams = [...new Set(asked.flatMap(({ approvers }) => approvers.teams))];
  const standings = new Map<string, Standing>();
  // Asked only of those whose word could count.
  for (const { person, isBot, but } of words) {
    if (but !== null || isBot || person.toLowerCase() === of.author.toLowerCase()) continue;
    standings.set(person, await standingOf(api, person, teams));
  }
  return weighApprovals({ asked, words, author: of.author, standingOf: (person) => standings.get(person) ?? null });
}

async function wordsFor(api: Api, of: Approved, { approveBy }: Config): Promise<readonly Word[]> {
  switch (approveBy) {
    case "review": {
      const reviews = await reviewsOf(api, of.number);
      // Whoever approved before the SQL became what it is now has approved something else, as with an earlier commit.
      const isEarlier = (at: string): boolean => of.since !== "" && at <= of.since;
      const timely = reviews.map((each) => (isEarlier(each.at) ? { ...each, commit: null } : each));
      return wordsOfReviews(timely, of.head);
    }
    case "label":
      return wordsOfLabels(await labelsOf(api, of.number), of.digest);
  }
}

/** The approvals of several pull requests as those of one: everything must be granted. */
export function together(all: readonly Approvals[]): Approvals {
  return {
    granted: all.every(({ granted }) => granted),
    asked: all[0]?.asked ?? [],
    by: [...new Set(all.flatMap(({ by }) => by))],
    missing: all.flatMap(({ missing }) => missing),
    passedOver: all.flatMap(({ passedOver }) => passedOver),
  };
}

/** Nobody has approved, as far as is known. */
export function noApprovals(asked: readonly Asked[]): Approvals {
  return weighApprovals({ asked, words: [], author: "", standingOf: () => null });
}

/** A sentence on why something could not be learned; what is no mistake of a request is thrown on. */
export function sentenceOf(thrown: unknown): string {
  if (!(thrown instanceof UserError)) throw thrown;
  return [thrown.message, ...thrown.details, thrown.hint ?? ""].filter((text) => text !== "").join(" ");
}
