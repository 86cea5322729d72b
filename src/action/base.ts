import { UserError } from "../errors.ts";
import type { Api } from "../github/api.ts";
import type { Checkout } from "../github/checkout.ts";
import type { Event, PullRequestEvent } from "../github/event.ts";
import type { Tree } from "../ports.ts";

/** The commits that a run goes by. */
export interface Bases {
  /** What counts as applied; null: every migration is judged. */
  readonly compared: Tree | null;
  /** The commit whose config decides; null: the config that is checked out does, because nobody judges a change of it here. */
  readonly config: Tree | null;
}

interface Context {
  readonly checkout: Checkout;
  /** Null where there is no token: then everything must be in the clone. */
  readonly api: () => Promise<Api | null>;
  readonly since: string | null;
}

/** What is compared with what, by the event. Throws UserError where it cannot be told: nothing is judged against a guess. */
export async function basesOf(event: Event, context: Context): Promise<Bases> {
  switch (event.kind) {
    case "pull-request":
      return pullRequestBases(event, context);
    case "merge-group": {
      await mustBeAt(event.head, "merge group", context.checkout);
      const base = await treeAt(event.base, context);
      return { compared: base, config: base };
    }
    case "push":
      if (context.since !== null || event.before === null) return sinceOrEverything(context);
      return { compared: await treeAt(event.before, context), config: null };
    case "other":
      // By the clock nothing is new; the config of the branch counts.
      if (event.name === "schedule" && context.since === null) return { compared: await atHead(context), config: null };
      return sinceOrEverything(context);
    case "workflow-run":
      return sinceOrEverything(context);
  }
}

async function pullRequestBases(event: PullRequestEvent, context: Context): Promise<Bases> {
  const { headOf } = await import("../workspace/git-tree.ts");
  const { commit, parents } = await headOf(context.checkout.directory);
  const [onto, head] = parents;
  // GitHub's own merge of the pull request with its base, which is what actions/checkout gets: it knows the newest base.
  if (parents.length === 2 && onto !== undefined && head === event.head) {
    const base = await treeAt(onto, context);
    return { compared: base, config: base };
  }
  await mustBeAt(event.head, "pull request", context.checkout, commit);
  const [began, config] = await Promise.all([mergeBase(event, context), treeAt(event.base, context)]);
  return { compared: await treeAt(began, context), config };
}

/** Where the pull request's work began: asked of git, and of GitHub where the clone does not reach back. */
async function mergeBase({ base, head }: PullRequestEvent, { checkout, api }: Context): Promise<string> {
  const { openTreeSince } = await import("../workspace/git-tree.ts");
  try {
    return (await openTreeSince(checkout.directory, base)).commit;
  } catch (thrown) {
    const opened = isNotInClone(thrown) ? await api() : null;
    if (opened === null) throw thrown;
    const { apiMergeBase } = await import("../github/api-tree.ts");
    return apiMergeBase(opened, base, head);
  }
}

/** The commit from the clone, or from GitHub where the clone does not have it. */
async function treeAt(commit: string, { checkout, api }: Context): Promise<Tree> {
  const { openTreeAt } = await import("../workspace/git-tree.ts");
  try {
    return await openTreeAt(checkout.directory, commit);
  } catch (thrown) {
    const opened = isNotInClone(thrown) ? await api() : null;
    if (opened === null) throw thrown;
    const { apiTree } = await import("../github/api-tree.ts");
    return apiTree(opened, commit, checkout.prefix);
  }
}

async function atHead({ checkout }: Context): Promise<Tree> {
  const { openTreeAt } = await import("../workspace/git-tree.ts");
  return openTreeAt(checkout.directory, "HEAD");
}

async function sinceOrEverything({ checkout, since }: Context): Promise<Bases> {
  if (since === null) return { compared: null, config: null };
  const { openTreeSince } = await import("../workspace/git-tree.ts");
  return { compared: await openTreeSince(checkout.directory, since), config: null };
}

/** Throws UserError where another commit is checked out than the one that the event is about. */
async function mustBeAt(head: string, what: string, checkout: Checkout, known?: string): Promise<void> {
  const { headOf } = await import("../workspace/git-tree.ts");
  const commit = known ?? (await headOf(checkout.directory)).commit;
  if (commit === head) return;
  throw new UserError("checkout-unexpected", `What is checked out is not the ${what} that started this run.`, {
    details: [`Checked out is the commit ${commit}; the event is about ${head}.`],
    hint: "use actions/checkout without ref, in the same job and before this step.",
  });
}

function isNotInClone(thrown: unknown): boolean {
  return thrown instanceof UserError && (thrown.code === "since-unknown" || thrown.code === "merge-base-missing");
}
