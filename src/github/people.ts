import { UserError } from "../errors.ts";
import type { Api } from "./api.ts";
import { at } from "./payload.ts";
import { whoami } from "./queries.ts";
import { type Asking, asking, askingFor, isForbidden } from "./refused.ts";

/** Whoever wrote something: logins can be taken over, ids cannot. */
export interface Account {
  readonly id: number;
  readonly login: string;
}

/** The account that our token writes as. A job's own token may not ask for it in any other way. */
export async function whoAmI(api: Api): Promise<Account> {
  const answer = await asking({ to: "ask for its own name", permission: "contents: read" }, () =>
    api.graphql(whoami, {}),
  );
  return accountOf(answer);
}

/** The account in an answer that has a viewer. */
export function accountOf(answer: unknown): Account {
  const [login, id] = [at(answer, "viewer", "login"), at(answer, "viewer", "databaseId")];
  if (typeof login === "string" && typeof id === "number") return { login, id };
  throw new UserError("github-unexpected", "GitHub does not say whose token this is.");
}

/** A review in the order in which it was given. */
export interface ReviewRead {
  readonly person: string;
  readonly isBot: boolean;
  readonly state: string;
  readonly commit: string | null;
  readonly at: string;
}

/** All reviews of a pull request, the oldest first. */
export async function reviewsOf(api: Api, number: number): Promise<readonly ReviewRead[]> {
  const all = await asking({ to: "read the reviews", permission: "pull-requests: read" }, () =>
    api.pages("GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews", {
      ...api.here,
      pull_number: number,
      per_page: 100,
    }),
  );
  // Whoever has left GitHub approves nothing any more.
  return all.flatMap(({ user, state, commit_id, submitted_at }) =>
    user === null
      ? []
      : [{ person: user.login, isBot: user.type === "Bot", state, commit: commit_id, at: submitted_at ?? "" }],
  );
}

/** A label put on or taken off. */
export interface LabelRead {
  readonly person: string;
  readonly isBot: boolean;
  readonly label: string;
  readonly kind: "on" | "off";
}

/** All labels that were put on and taken off, the oldest first. */
export async function labelsOf(api: Api, number: number): Promise<readonly LabelRead[]> {
  const all = await asking({ to: "read who has put on the labels", permission: "pull-requests: read" }, () =>
    api.pages("GET /repos/{owner}/{repo}/issues/{issue_number}/events", {
      ...api.here,
      issue_number: number,
      per_page: 100,
    }),
  );
  return all.flatMap((event): LabelRead[] => {
    const { actor } = event;
    if ((event.event !== "labeled" && event.event !== "unlabeled") || actor === null) return [];
    const label = at(event, "label", "name");
    if (typeof label !== "string") return [];
    const kind = event.event === "labeled" ? "on" : "off";
    return [{ person: actor.login, isBot: actor.type === "Bot", label, kind }];
  });
}

/** What is known of a person's standing in the repository. */
export interface StandingRead {
  readonly mayWrite: boolean;
  /** Those of the asked teams in which the person is, as they were asked for. */
  readonly teams: readonly string[];
}

/** Asks what a person may do here, and in which of these teams (`team` of the repository's owner, or `org/team`) the person is. */
export async function standingOf(api: Api, person: string, teams: readonly string[]): Promise<StandingRead> {
  const reading: Asking = { to: `ask what ${person} may do in this repository`, permission: "contents: read" };
  const answer = await askingFor(reading, () =>
    api.request("GET /repos/{owner}/{repo}/collaborators/{username}/permission", { ...api.here, username: person }),
  );
  const permission = answer?.data.permission;
  const mayWrite = permission === "admin" || permission === "write" || permission === "maintain";
  const memberships: string[] = [];
  for (const team of mayWrite ? teams : []) if (await isMember(api, person, team)) memberships.push(team);
  return { mayWrite, teams: memberships };
}

async function isMember(api: Api, person: string, team: string): Promise<boolean> {
  const parts = team.replace(/^@/, "").split("/");
  const [org, slug] = parts.length > 1 ? [parts[0] ?? "", parts[1] ?? ""] : [api.here.owner, parts[0] ?? ""];
  const place = { org, team_slug: slug };
  const reading: Asking = { to: `see the team ${team}`, permission: "members: read" };
  try {
    // A team that cannot be seen, and a person who is not in it, are both "not found".
    await asking(reading, () => api.request("GET /orgs/{org}/teams/{team_slug}", place));
  } catch (thrown) {
    if (isForbidden(thrown)) throw teamsHidden(team);
    throw thrown;
  }
  const answer = await askingFor(reading, () =>
    api.request("GET /orgs/{org}/teams/{team_slug}/memberships/{username}", { ...place, username: person }),
  );
  return answer?.data.state === "active";
}

function teamsHidden(team: string): UserError {
  return new UserError("teams-hidden", `The token cannot see the team ${team}, which the policy asks for.`, {
    details: [
      "A job's own token never can: teams belong to the organisation, not to the repository.",
      "Needed: members: read.",
    ],
    hint: "give the input token the token of an app that may read the organisation's members, or name people instead.",
  });
}
