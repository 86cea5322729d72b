import { describe, expect, test } from "vitest";
import { anybody, defaultPolicy, type Policy, type PolicyRow, type Risk, risks } from "../../src/config/config.ts";
import type { FileFacts } from "../../src/facts/file.ts";
import { decide, type Judged, worstOutcome } from "../../src/gate/decide.ts";
import { layoutOf } from "../../src/migrations/layouts/index.ts";
import type { Finding } from "../../src/rules/run.ts";
import { history } from "../facts/histories.ts";

const path = "db/2.sql";

/** A script with these findings, on a database in which the table users is in use. */
async function script(sql: string, findings: readonly Partial<Finding>[] = []): Promise<Judged> {
  const { apply } = history();
  await apply("CREATE TABLE users (id int, name text)");
  const file: FileFacts = {
    path,
    migration: { version: "2", name: "", up: path, down: null },
    direction: "up",
    up: null,
    layout: layoutOf("plain"),
    model: "lockkeeper",
    dialect: "postgresql",
    appliedBy: "lockkeeper",
    unreadable: null,
    byteOrderMark: false,
    problems: [],
    statements: await apply(sql),
    directives: [],
    major: 18,
  };
  return { file, findings: findings.map(finding) };
}

function finding(given: Partial<Finding>): Finding {
  const at = { line: 1, column: 1, endLine: 1, endColumn: 2 };
  const usual = {
    rule: "a-rule",
    risk: "high",
    certainty: "certain",
    blocks: false,
    message: "Look.",
    safer: null,
    allowed: null,
  } as const;
  return { ...usual, path, at, ...given };
}

/** SQL of each risk on the table users. */
const sqlOf: Readonly<Record<Risk, string>> = {
  low: "SELECT 1",
  medium: "CREATE INDEX CONCURRENTLY ON users (id)",
  high: "CREATE INDEX ON users (id)",
  critical: "DROP TABLE users",
};

const row = (approvals: number, deploy: PolicyRow["deploy"]): PolicyRow => ({
  approvals,
  deploy,
  approvers: anybody,
  backup: "optional",
});

/** The outcome for SQL of each risk, the lowest first. */
async function outcomes(policy: Policy): Promise<readonly string[]> {
  const found: string[] = [];
  for (const risk of risks) {
    const decision = decide(await script(sqlOf[risk]), null, policy);
    expect(decision.risk).toBe(risk);
    found.push(decision.verdict.outcome);
  }
  return found;
}

const [yes, no] = ["needs-approval", "pass"];

test.each([
  ["medium is the default", defaultPolicy, [no, yes, yes, yes]],
  ["low: nothing is at or above it that asks for nobody", { ...defaultPolicy, failOn: "low" }, [no, yes, yes, yes]],
  ["high", { ...defaultPolicy, failOn: "high" }, [no, no, yes, yes]],
  ["critical", { ...defaultPolicy, failOn: "critical" }, [no, no, no, yes]],
  ["never", { ...defaultPolicy, failOn: "never" }, [no, no, no, no]],
  [
    "0 approvals and an automatic deploy ask for nobody",
    { ...defaultPolicy, high: row(0, "automatic") },
    [no, yes, no, yes],
  ],
  ["0 approvals, but a person starts the deploy", { ...defaultPolicy, high: row(0, "manual") }, [no, yes, yes, yes]],
  ["approvals for an automatic deploy", { ...defaultPolicy, high: row(2, "automatic") }, [no, yes, yes, yes]],
  [
    "low asks too, with fail-on: low",
    { ...defaultPolicy, low: row(1, "reviewed"), failOn: "low" },
    [yes, yes, yes, yes],
  ],
  ["low asks, but fail-on is medium", { ...defaultPolicy, low: row(1, "reviewed") }, [no, yes, yes, yes]],
] as const)("fail-on and policy: %s", async (_what, policy, expected) => {
  expect(await outcomes(policy)).toEqual(expected);
});

test("a file without statements and findings passes", async () => {
  const { risk, verdict } = decide(await script(""), null, defaultPolicy);
  expect({ risk, verdict }).toEqual({ risk: "low", verdict: { outcome: "pass" } });
});

test("a risk that asks for nobody does not take the approval along that a lower one asks for", async () => {
  const policy: Policy = { ...defaultPolicy, critical: row(0, "automatic") };
  expect(decide(await script(sqlOf.high), null, policy).verdict.outcome).toBe("needs-approval");
  expect(decide(await script(`${sqlOf.high}; ${sqlOf.critical}`), null, policy).verdict.outcome).toBe("needs-approval");
});

describe("the reasons", () => {
  async function because(sql: string, findings: readonly Partial<Finding>[] = []): Promise<readonly string[]> {
    const { verdict } = decide(await script(sql, findings), null, defaultPolicy);
    if (verdict.outcome === "pass") return [];
    return verdict.because.map((reason) =>
      reason.kind === "finding" ? reason.finding.rule : reason.statement.facts.statement.sql,
    );
  }

  test("are the statements that no finding speaks of, the worst and every other that asks", async () => {
    expect(
      await because("SELECT 1; ALTER TABLE users DROP COLUMN name;\nCREATE INDEX CONCURRENTLY ON users (id)"),
    ).toEqual(["ALTER TABLE users DROP COLUMN name", "CREATE INDEX CONCURRENTLY ON users (id)"]);
  });

  test("are the findings, where they are as grave as the statement", async () => {
    const at = { line: 2, column: 1, endLine: 2, endColumn: 5 };
    const sql = `SELECT 1;\n${sqlOf.critical}`;
    expect(await because(sql, [{ rule: "drop-table", risk: "critical", at }])).toEqual(["drop-table"]);
    expect(await because(sql, [{ rule: "drop-table", risk: "medium", at }])).toEqual(["drop-table", sqlOf.critical]);
    expect(await because(sql, [{ rule: "elsewhere", risk: "critical" }])).toEqual(["elsewhere", sqlOf.critical]);
  });

  test("are no findings below what is asked about", async () => {
    expect(await because(sqlOf.medium, [{ rule: "small", risk: "low" }])).toEqual([sqlOf.medium]);
    expect(await because(sqlOf.low, [{ rule: "small", risk: "low" }])).toEqual([]);
  });

  test("are never missing where approval is needed", async () => {
    for (const risk of ["medium", "high", "critical"] as const)
      expect(await because(sqlOf[risk])).toEqual([sqlOf[risk]]);
    expect(await because(sqlOf.low, [{ rule: "grave", risk: "critical" }])).toEqual(["grave"]);
  });
});

describe("what is certain to fail", () => {
  const failing = { rule: "syntax-error", risk: "high", blocks: true } as const;

  test("is blocked, for that reason alone, whatever else there is", async () => {
    const { verdict } = decide(
      await script(sqlOf.critical, [{ rule: "drop-table", risk: "critical" }, failing]),
      null,
      defaultPolicy,
    );
    expect(verdict).toMatchObject({
      outcome: "blocked",
      because: [{ kind: "finding", finding: { rule: "syntax-error" } }],
    });
  });

  test("is blocked whatever the policy asks for", async () => {
    const nobody = row(0, "automatic");
    const lax: Policy = { low: nobody, medium: nobody, high: nobody, critical: nobody, failOn: "critical" };
    expect(decide(await script(sqlOf.low, [failing]), null, lax).verdict.outcome).toBe("blocked");
  });

  test("has the risk of what the file would do, not of the failure", async () => {
    expect(decide(await script(sqlOf.low, [failing]), null, defaultPolicy).risk).toBe("low");
    expect(decide(await script(sqlOf.critical, [failing]), null, defaultPolicy).risk).toBe("critical");
  });

  test("is reported and not blocked with fail-on: never, which blocks nothing", async () => {
    const { verdict } = decide(await script(sqlOf.low, [failing]), null, { ...defaultPolicy, failOn: "never" });
    expect(verdict.outcome).toBe("pass");
  });
});

describe("the way back", () => {
  test("blocks where it is certain to fail", async () => {
    const down = await script(sqlOf.low, [{ rule: "syntax-error", blocks: true, path: "db/2.down.sql" }]);
    const { verdict } = decide(await script(sqlOf.low), down, defaultPolicy);
    expect(verdict).toMatchObject({ outcome: "blocked", because: [{ finding: { path: "db/2.down.sql" } }] });
  });

  test("counts with its findings, not with its statements: dropping what was made is what it is for", async () => {
    const down = await script(sqlOf.critical);
    expect(decide(await script(sqlOf.low), down, defaultPolicy).verdict.outcome).toBe("pass");
    const warned = await script(sqlOf.critical, [{ rule: "missing", risk: "medium", path: "db/2.down.sql" }]);
    const { risk, verdict } = decide(await script(sqlOf.low), warned, defaultPolicy);
    expect(risk).toBe("medium");
    expect(verdict).toMatchObject({ outcome: "needs-approval", because: [{ finding: { rule: "missing" } }] });
  });
});

test.each([
  ["pass", []],
  ["pass", ["pass", "pass"]],
  ["needs-approval", ["pass", "needs-approval", "pass"]],
  ["blocked", ["needs-approval", "blocked", "pass"]],
  ["blocked", ["blocked", "needs-approval"]],
] as const)("the worst is %s of %j", (worst, all) => {
  expect(worstOutcome(all)).toBe(worst);
});

test("an allowance lowers a finding and its statement to the row of the class, and no further", async () => {
  const accepted = { rule: "create-index-concurrently", risk: "high", allowed: "the table is empty" } as const;
  const index = decide(await script("CREATE INDEX ON users (id)", [accepted]), null, defaultPolicy);
  expect(index).toMatchObject({ risk: "medium", verdict: { outcome: "needs-approval" } });
  expect(index.findings).toMatchObject([{ risk: "medium", allowed: "the table is empty" }]);
  const drop = await script("DROP TABLE users", [{ rule: "drop-table", risk: "critical", allowed: "nobody reads it" }]);
  expect(decide(drop, null, defaultPolicy)).toMatchObject({ risk: "critical", statements: [{ risk: "critical" }] });
});

test("an allowance leaves what it does not name: another finding, and what blocks", async () => {
  const allowed = { rule: "one", risk: "medium", allowed: "we know" } as const;
  const other = decide(await script("CREATE INDEX ON users (id)", [allowed]), null, defaultPolicy);
  expect(other.statements).toMatchObject([{ risk: "high" }]);
  expect(other.risk).toBe("high");
  const blocked = decide(await script("SELECT 1", [{ blocks: true }, allowed]), null, defaultPolicy);
  expect(blocked.verdict.outcome).toBe("blocked");
});
