import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { check } from "../../src/commands/check.ts";
import { defaultPolicy } from "../../src/config/config.ts";
import { approvalsAsked, weighApprovals } from "../../src/gate/approvals.ts";
import type { Tree } from "../../src/ports.ts";
import type { CommentContext } from "../../src/report/comment-context.ts";
import type { Report } from "../../src/report/report.ts";
import { rules } from "../../src/rules/index.ts";
import { openWorkspace } from "../../src/workspace/workspace.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The sample migrations from this one on are what the pull request of the picture brings. */
const firstPending = "000006";

/** A commit that has the sample migrations before the pull request. */
const base: Tree = {
  commit: "3b1f0c6d2a94e8757c1d0f6b9e2a48c5d7f31064",
  below: async (directory) => {
    const names = readdirSync(`${root}${directory}`).filter((name) => name < firstPending);
    const entries = names.map((name) => ({ name, kind: "file", why: null }) as const);
    return {
      look: () => ({ kind: "directory", entries }),
      holds: (path) => names.some((name) => path === `${directory}/${name}`),
    };
  },
  read: async (path) => ({ kind: "bytes", bytes: readFileSync(`${root}${path}`) }),
};

/** What is said of a pull request with the last of the sample migrations. */
export async function sampleReport(): Promise<Report> {
  const request = { paths: ["migrations"], config: null, layout: null, postgres: null };
  return check(request, { workspace: openWorkspace(root), base });
}

const asked = approvalsAsked(["critical", "high", "medium"], defaultPolicy);
const words = [
  { person: "minji", isBot: false, but: null },
  { person: "joon", isBot: false, but: "earlier-commit" },
] as const;

/** A pull request in which one of two people has approved. */
export const sampleContext: CommentContext = {
  key: "check",
  run: { id: 4711, attempt: 1, url: "https://github.com/octo/shop/actions/runs/4711" },
  head: "4be1d0a7c0ffee2b6a1e0d94c3f58a7162d0b9e3",
  repositoryUrl: "https://github.com/octo/shop",
  rulesUrl: null,
  rules,
  before: null,
  approvals: {
    by: "review",
    state: weighApprovals({ asked, words, author: "sujin", standingOf: () => ({ mayWrite: true, teams: [] }) }),
  },
  notices: [],
  collisions: null,
};
