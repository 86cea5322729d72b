import { posix } from "node:path";
import type { Config } from "../config/config.ts";
import { approvalsAsked } from "../gate/approvals.ts";
import type { Api } from "../github/api.ts";
import { apiTree } from "../github/api-tree.ts";
import { findCheck } from "../github/check-run.ts";
import type { Checkout } from "../github/checkout.ts";
import { lastChangeOf, type MergedPull, pullsThatBrought } from "../github/origins.ts";
import { whoAmI } from "../github/people.ts";
import { isGenerated } from "../migrations/generated.ts";
import type { TreeFiles, Workspace } from "../ports.ts";
import type { ReportOrigin } from "../report/origin.ts";
import type { PlanReport, ReportPlanned } from "../report/plan-report.ts";
import { approvalsOf } from "./approvals.ts";
import { checkName } from "./gate.ts";

/** What is needed to find out where migrations come from. */
export interface Finding {
  readonly api: Api;
  readonly config: Config;
  readonly checkout: Checkout;
  readonly workspace: Pick<Workspace, "read">;
  /** What is deployed: its commit, and the branch that it is the newest of. */
  readonly commit: string;
  readonly branch: string;
  /** Of the check whose approvals count, where they are given by labels. */
  readonly key: string;
}

/** Each costs some requests, and GitHub gives a job a thousand an hour. */
const mostAsked = 100;

/**
 * For each pending migration, the merged pull request that has brought it, and whether it was approved there as it is here: by its
 * bytes, and by the people whom the policy asks. Throws UserError where GitHub cannot be asked.
 */
export async function originsOf({ plan }: PlanReport, finding: Finding): Promise<readonly ReportOrigin[]> {
  const trees = new Map<string, Promise<TreeFiles>>();
  const pulls = new Map<string, Promise<readonly MergedPull[]>>();
  const approvals = new Map<string, Promise<string | null>>();
  const once = <T>(all: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> => {
    const made = all.get(key) ?? make();
    all.set(key, made);
    return made;
  };
  const { api, checkout, commit, branch } = finding;
  const origins: ReportOrigin[] = [];
  const pending = plan?.migrations ?? [];
  const changes = await inGroups(pending.slice(0, mostAsked), async ({ path }) =>
    isGenerated(path) ? null : lastChangeOf(api, `${checkout.prefix}${path}`, commit),
  );
  for (const [i, migration] of pending.entries()) {
    const { path, version } = migration;
    const base = { path, version, pull: null, authors: [] };
    if (origins.length >= mostAsked) {
      origins.push({ ...base, standing: "none", why: `GitHub was asked about ${mostAsked} migrations only` });
      continue;
    }
    if (isGenerated(path)) {
      origins.push({ ...base, standing: "none", why: "a command has printed it, and it stands in no file" });
      continue;
    }
    const change = changes[i] ?? null;
    if (change === null) {
      origins.push({ ...base, standing: "none", why: "no commit of this branch has it" });
      continue;
    }
    const found = await once(pulls, change.commit, () => pullsThatBrought(api, change.commit, branch));
    const authors = change.author === null ? [] : [change.author];
    origins.push(
      (await best(found, async (pull) => {
        const directory = posix.dirname(path);
        const tree = await once(trees, `${pull.head} ${directory}`, () =>
          apiTree(api, pull.head, checkout.prefix).below(directory),
        );
        const at = { ...base, pull: pull.number, authors: [...new Set([...authors, pull.author])] };
        if (!isSame(migration, tree, finding.workspace)) {
          return { ...at, standing: "none", why: "it is not what was in that pull request" };
        }
        const why = await once(approvals, `${pull.number} ${migration.check.verdict} ${migration.risk}`, () =>
          missingOf(pull, migration, finding),
        );
        return { ...at, standing: why === null ? "approved" : "unapproved", why };
      })) ?? { ...base, authors, standing: "none", why: "it came to the branch without a pull request" },
    );
  }
  return origins;
}

/** GitHub asks for few requests at the same moment. */
const atOnce = 8;

async function inGroups<T, R>(all: readonly T[], ask: (each: T) => Promise<R>): Promise<readonly R[]> {
  const answers: R[] = [];
  for (let from = 0; from < all.length; from += atOnce) {
    answers.push(...(await Promise.all(all.slice(from, from + atOnce).map(ask))));
  }
  return answers;
}

/** What speaks most for a migration, of the pull requests that have its last change. */
async function best(
  pulls: readonly MergedPull[],
  look: (pull: MergedPull) => Promise<ReportOrigin>,
): Promise<ReportOrigin | null> {
  let first: ReportOrigin | null = null;
  for (const pull of pulls) {
    const origin = await look(pull);
    if (origin.standing === "approved") return origin;
    if (first === null || first.standing === "none") first = origin;
  }
  return first;
}

/** Whether what lies here is what lay there, byte by byte. */
function isSame({ path, check }: ReportPlanned, tree: TreeFiles, workspace: Pick<Workspace, "read">): boolean {
  return [path, ...(check.down === null ? [] : [check.down])].every((file) => {
    const content = workspace.read(file);
    return content.kind === "bytes" && tree.holds(file, content.bytes);
  });
}

/** Who is missing among the approvals of a pull request; null where nobody is. */
async function missingOf(
  { number, author, head }: MergedPull,
  { risk, check }: ReportPlanned,
  { api, config, key }: Finding,
): Promise<string | null> {
  if (check.verdict === "pass") return null;
  const asked = approvalsAsked([risk], config.policy);
  const digest = config.approveBy === "label" ? await judgedDigest(api, head, key) : "";
  const { granted, missing } = await approvalsOf(
    api,
    { number, author, head, digest: digest ?? "", since: "" },
    { asked, config },
  );
  if (granted) return null;
  const people = Math.max(0, ...missing.map((each) => each.people));
  return `${people} of ${asked[0]?.approvals ?? 1} approvals of its newest commit are missing`;
}

/** What the check of a pull request has judged, which its label names. */
async function judgedDigest(api: Api, head: string, key: string): Promise<string | null> {
  const { login } = await whoAmI(api);
  return (await findCheck(api, { name: checkName(key), head, self: login }))?.state.digest ?? null;
}
