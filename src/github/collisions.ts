import type { Api } from "./api.ts";
import { at, listAt, textAt } from "./payload.ts";
import { type Account, accountOf } from "./people.ts";
import { openPulls } from "./queries.ts";
import { type Asking, asking } from "./refused.ts";

/** What other open pull requests to the same branch bring. */
export interface OtherPulls {
  /** The account of our token, which the same answer tells. */
  readonly self: Account;
  readonly pulls: readonly OtherPull[];
  /** Open pull requests that were not looked at, in whole or in part. */
  readonly notLookedAt: number;
}

export interface OtherPull {
  readonly number: number;
  readonly title: string;
  /** Paths of the files that it adds. */
  readonly added: readonly string[];
}

const mostPulls = 50;
const mostFiles = 100;

const reading: Asking = { to: "read the open pull requests", permission: "pull-requests: read" };

/** The newest open pull requests to a branch but one, in a single request. */
export async function otherPulls(
  api: Api,
  { base, but }: { readonly base: string; readonly but: number },
): Promise<OtherPulls> {
  const variables = { ...api.here, base, pulls: mostPulls, files: mostFiles };
  const answer = await asking(reading, () => api.graphql(openPulls, variables));
  const open = at(answer, "repository", "pullRequests");
  const nodes = listAt(open, "nodes");
  const total = Number(at(open, "totalCount") ?? 0);
  const cutOff = nodes.filter((node) => Number(at(node, "files", "totalCount") ?? 0) > mostFiles).length;
  const pulls = nodes.map((node) => ({
    number: Number(at(node, "number")),
    title: textAt(node, "title"),
    added: listAt(node, "files", "nodes").flatMap((file) =>
      at(file, "changeType") === "ADDED" || at(file, "changeType") === "RENAMED" ? [textAt(file, "path")] : [],
    ),
  }));
  return {
    self: accountOf(answer),
    pulls: pulls.filter(({ number }) => number !== but),
    notLookedAt: Math.max(0, total - nodes.length) + cutOff,
  };
}

/** A migration of ours with a version that another pull request brings too. */
export interface Collision {
  readonly version: string;
  readonly path: string;
  readonly number: number;
  readonly title: string;
  readonly theirPath: string;
}

/** Files of others that have the place and the version of one of ours, by their names. */
export function collisionsOf(
  migrations: readonly { readonly path: string; readonly version: string }[],
  pulls: readonly OtherPull[],
): readonly Collision[] {
  return migrations.flatMap(({ path, version }) => {
    const start = startOf(path, version);
    if (start === null) return [];
    return pulls.flatMap(({ number, title, added }) => {
      const theirPath = added.find((each) => each.startsWith(start) && !/^[\dA-Za-z]/.test(each.slice(start.length)));
      return theirPath === undefined ? [] : [{ version, path, number, title, theirPath }];
    });
  });
}

/** The path up to the end of its version: "db/V12__a.sql" and "12" → "db/V12". Null where the version is not in the path. */
function startOf(path: string, version: string): string | null {
  if (version === "") return null;
  const name = path.lastIndexOf("/") + 1;
  const inName = path.indexOf(version, name);
  // Some tools give each migration a directory.
  const from = inName >= 0 ? inName : path.lastIndexOf(version);
  return from < 0 ? null : path.slice(0, from + version.length);
}
