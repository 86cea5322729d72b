import type { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Report, ReportFinding } from "../../src/report/report.ts";
import { rules } from "../../src/rules/index.ts";
import type { Rule } from "../../src/rules/rule.ts";
import { sharedPostgres } from "../support/global-postgres.ts";
import { Refused } from "../support/postgres.ts";
import type { Case } from "./cases.ts";
import { findingsOf } from "./faults.ts";
import { casesOf } from "./folders.ts";
import { judge, pathOf } from "./judge.ts";
import {
  apply,
  fileOf,
  type Observed,
  observe,
  piecesOf,
  type Shape,
  saferStatements,
  shapeOf,
  standsAlone,
} from "./play.ts";

let postgres: Awaited<ReturnType<typeof sharedPostgres>>;
let databases = 0;

beforeAll(async () => {
  postgres = await sharedPostgres();
});

afterAll(() => postgres.stop());

/** Cases that are SQL for PostgreSQL, not files of a directory. */
function isPlayed(one: Case): boolean {
  return one.dialect === "postgresql" && fileOf(one, "migration") !== null;
}

const played = rules
  .map((rule) => ({ rule, cases: casesOf(rule.id).filter(isPlayed) }))
  .filter(({ cases }) => cases.length > 0);

for (const { rule, cases } of played) {
  describe.concurrent(rule.id, () => {
    for (const one of cases) {
      const isBlocked = one.kind === "bad" && rule.meta.hazard === "fails";
      const outcome = isBlocked ? (unrefused[rule.id] ?? "is refused") : "runs";
      test(`${one.why} (line ${one.line}): ${outcome}`, () => play(rule, one));
    }
  });
}

/** What PostgreSQL does about bad cases that it does not refuse, and that are blocked all the same. */
const unrefused: Readonly<Record<string, "is undone" | "is warned of">> = {
  "unclosed-transaction": "is undone",
  "nested-transaction": "is warned of",
};

async function play(rule: Rule, one: Case): Promise<void> {
  const report = await judge(one);
  const findings = findingsOf(rule, report);
  const history = await newDatabase();
  try {
    await within(history, async (client) => {
      for (const { sql } of await piecesOf(fileOf(one, "history")?.text ?? "")) await client.query(sql);
    });
    for (const finding of findings) {
      if ((await saferStatements(finding)).length === 0) continue;
      const copy = await newDatabase(history);
      await within(copy, (client) => followAdvice(client, { rule, one, finding })).finally(() =>
        postgres.dropDatabase(copy),
      );
    }
    const before = await within(history, shapeOf);
    await within(history, (client) => applyMigration(client, { rule, one, report, findings }));
    if (one.kind === "bad" && unrefused[rule.id] === "is undone")
      expect(await within(history, shapeOf)).toEqual(before);
  } finally {
    await postgres.dropDatabase(history);
  }
}

async function newDatabase(template?: string): Promise<string> {
  const name = `rules_${++databases}`;
  await postgres.createDatabase(name, template === undefined ? {} : { template });
  return name;
}

function within<T>(database: string, work: (client: Client) => Promise<T>): Promise<T> {
  return postgres.withClient(database, work);
}

interface Played {
  readonly rule: Rule;
  readonly one: Case;
  readonly report: Report;
}

/** What the server says while a bad case of these rules runs: that it does the work that others wait for. */
const workOfBadCases: Readonly<Record<string, RegExp>> = {
  "change-column-type": /^(?:rewriting table|building index)/,
  "constraint-not-valid": /^(?:verifying table|validating foreign key)/,
  "create-index-concurrently": /^building index/,
  "reindex-concurrently": /^building index/,
  "serial-column": /^rewriting table/,
  "set-not-null": /^verifying table/,
  "stored-generated-column": /^rewriting table/,
  "unique-using-index": /^building index/,
  "validate-in-same-transaction": /^(?:verifying table|validating foreign key)/,
  "volatile-default": /^rewriting table/,
};

async function applyMigration(
  client: Client,
  { rule, one, report, findings }: Played & { readonly findings: readonly ReportFinding[] },
): Promise<void> {
  const said: string[] = [];
  client.on("notice", ({ message = "" }) => said.push(message));
  await client.query("SET client_min_messages = debug1");
  const statements = report.migrations[0]?.statements ?? [];
  const answer = await Promise.resolve()
    .then(async () => {
      for (const role of ["migration", "down"] as const) {
        const file = fileOf(one, role);
        if (file !== null) await apply(client, one, file, statements);
      }
      return null;
    })
    .catch((error: unknown) => error);
  if (one.kind === "good" || rule.meta.hazard !== "fails") {
    expect(answer).toBeNull();
    const work = workOfBadCases[rule.id];
    const isCertain = findings.some(({ certainty }) => certainty === "certain");
    if (work !== undefined && isCertain) expect(said).toContainEqual(expect.stringMatching(work));
    return;
  }
  if (unrefused[rule.id] !== undefined) {
    expect(answer).toBeNull();
    if (unrefused[rule.id] === "is warned of") expect(said).toContain("there is already a transaction in progress");
    return;
  }
  if (!(answer instanceof Refused)) throw answer ?? new Error("PostgreSQL refused nothing.");
  expect(statesOf(rule, one, report, findings)).toContain(answer.code);
}

/** The SQLSTATEs that the report gives for the places of these findings. */
function statesOf(rule: Rule, one: Case, report: Report, findings: readonly ReportFinding[]): readonly string[] {
  const inMessages = findings.flatMap(({ message }) => /\b(\d[\dA-Z]{4})\b/.exec(message)?.[1] ?? []);
  const up = fileOf(one, "migration");
  if (up === null || findings.some(({ path }) => path !== pathOf(up))) {
    // The effects of a down script are not in the report.
    return [...inMessages, ...(/\b(\d[\dA-Z]{4})\b/.exec(rule.meta.why)?.slice(1) ?? [])];
  }
  const statements = report.migrations[0]?.statements ?? [];
  const effects = findings.flatMap((each) => {
    const begun = statements.filter(
      ({ line, column }) => line < each.line || (line === each.line && column <= each.column),
    );
    return begun.at(-1)?.effects ?? [];
  });
  return [
    ...inMessages,
    ...effects.flatMap((each) => (each.kind === "fails" && each.certainty === "certain" ? [each.sqlstate] : [])),
  ];
}

/** Runs what the finding advises in place of its statement, after the statements before it. */
async function followAdvice(
  client: Client,
  { rule, one, finding }: Pick<Played, "rule" | "one"> & { readonly finding: ReportFinding },
): Promise<void> {
  const file = one.files.find((each) => pathOf(each) === finding.path);
  const pieces = await piecesOf(file?.text ?? "");
  const at = pieces.findIndex(({ line, column, endLine, endColumn }) => {
    return (
      (line < finding.line || (line === finding.line && column <= finding.column)) &&
      (endLine > finding.line || (endLine === finding.line && endColumn > finding.column))
    );
  });
  expect(at).not.toBe(-1);
  const up = fileOf(one, "migration");
  if (file?.role === "down" && up !== null) await apply(client, one, up, []);
  for (const { sql } of pieces.slice(0, at)) if (!/^(?:begin|start|commit)\b/i.test(sql)) await client.query(sql);
  const before = await shapeOf(client);
  const steps = await saferStatements(finding);
  expect(steps.filter(({ isRead }) => !isRead)).toEqual([]);
  // What it cannot do in a transaction is not known beforehand: then only the advice is run.
  const own = pieces[at]?.sql ?? "";
  const wanted = rule.meta.hazard === "fails" || standsAlone(own) ? null : await shapeAfter(client, own);
  const observed: Observed[] = [];
  for (const { sql } of steps) observed.push(await observe(client, sql));
  if (rule.meta.hazard === "locks") for (const step of observed) expectNobodyWaits(step);
  if (rule.id === "unbatched-write" || rule.id === "unbatched-insert")
    for (const { sql } of steps) await repeat(client, sql);
  if (wanted !== null) expectPromise(rule, { before, wanted, after: await shapeOf(client) });
}

/** What the statement itself would do, undone again. */
async function shapeAfter(client: Client, sql: string): Promise<Shape> {
  await client.query("BEGIN");
  await client.query(sql);
  const shape = await shapeOf(client);
  await client.query("ROLLBACK");
  return shape;
}

async function repeat(client: Client, sql: string): Promise<void> {
  for (let times = 0; times < 10; times++) if ((await client.query(sql)).rowCount === 0) return;
  throw new Error(`This finds rows again and again: ${sql}`);
}

/** While rows are read or written anew, they can be read and written by others. */
function expectNobodyWaits({ sql, work, modes }: Observed): void {
  expect(work.filter((each) => each.startsWith("rewriting"))).toEqual([]);
  const reads = work.some((each) => /^(?:verifying|validating)/.test(each));
  const blocking = ["ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock"];
  if (reads)
    expect(
      modes.filter((mode) => blocking.includes(mode)),
      sql,
    ).toEqual([]);
}

/** What the advice comes to is what the statement would have come to. */
function expectPromise(
  { id }: Rule,
  { before, wanted, after }: { readonly before: Shape; readonly wanted: Shape; readonly after: Shape },
): void {
  const gained = (of: "constraints" | "indexes" | "notNull" | "defaults"): readonly string[] =>
    after[of].filter((each) => !before[of].includes(each));
  const expectGained = (of: Parameters<typeof gained>[0]): void => {
    expect(gained(of)).not.toEqual([]);
    expect(wanted[of]).toEqual(expect.arrayContaining([...gained(of)]));
  };
  switch (id) {
    case "constraint-not-valid":
    case "validate-in-same-transaction": {
      const valid = (shape: Shape) => shape.constraints.filter((each) => !shape.notValid.includes(each));
      const validated = valid(after).filter((each) => !valid(before).includes(each));
      expect(validated).not.toEqual([]);
      expect(wanted.constraints).toEqual(expect.arrayContaining(validated));
      expect(after.notValid).toEqual([]);
      return;
    }
    case "set-not-null":
      expectGained("notNull");
      expect(after.constraints).toEqual(wanted.constraints);
      expect(after.notValid).toEqual(before.notValid);
      return;
    case "unique-using-index":
      expectGained("constraints");
      expect(after.notValid).toEqual(before.notValid);
      expect(after.invalid).toEqual([]);
      return;
    case "create-index-concurrently":
      expectGained("indexes");
      expect(after.invalid).toEqual([]);
      return;
    case "volatile-default":
    case "serial-column":
      // An identity is only added once the rows have their numbers.
      if (gained("defaults").length > 0 || wanted.defaults.length > before.defaults.length) expectGained("defaults");
      return;
    case "unbatched-write":
    case "unbatched-insert":
    case "lock-held-during-work":
    case "loop-in-one-transaction":
      expect(after.rows).toEqual(wanted.rows);
      return;
    case "truncate-table":
      expect(after.rows).toEqual(expect.arrayContaining([...before.rows]));
      expect(after.rows.length > before.rows.length).toBe(before.rows.length > 0);
      return;
    default:
      expect(after.rows.length).toBe(before.rows.length);
  }
}
