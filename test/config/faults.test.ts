import { describe, expect, test } from "vitest";
import { configOf, problemsOf } from "./reading.ts";

// Each row: the file, then every problem as the user reads it.
describe("a fault in the config is told at its place", () => {
  const v = "version: 1\n";
  test.each<[string, string, readonly string[]]>([
    ["a missing version", "postgres: 16\n", ['1:1: version is missing: write "version: 1" as the first line']],
    ["a later version", "version: 2\n", ["1:10: version is 2; this Lockkeeper reads version 1"]],
    ["a version in quotes", 'version: "1"\n', ['1:10: version is the text "1"; it must be 1, without quotes']],
    [
      "a file that is a list",
      "- version: 1\n",
      ['1:1: the file is a list; it must be a map of keys and values that starts with "version: 1"'],
    ],
    [
      "no space after the colon",
      "version:1\n",
      [
        '1:1: the file is the text "version:1"; it must be a map of keys and values that starts with "version: 1", with a space after each colon',
      ],
    ],
    [
      "no space after a colon inside",
      `${v}policy: { low: {deploy:manual} }`,
      ['2:17: unknown key "deploy:manual": put a space after the colon'],
    ],
    ["a misspelt key", `${v}polcy: {}\n`, ['2:1: unknown key "polcy": did you mean policy?']],
    [
      "an unknown key far from all",
      `${v}notifications: {}\n`,
      [
        '2:1: unknown key "notifications": the keys here are version, postgres, migrations, policy, rules, allowances, approve-by, variables, environments, preflight, backup, verify, hooks and notify',
      ],
    ],
    [
      "a dialect by another name",
      `${v}migrations:\n  - directory: db\n    dialect: postgres\n`,
      ['4:14: migrations entry 1: dialect is "postgres": did you mean postgresql?'],
    ],
    [
      "a dialect at the top",
      `${v}dialect: mysql\n`,
      ['2:1: unknown key "dialect" here: it belongs in an entry of migrations; look at the indentation'],
    ],
    [
      "Lockkeeper as the one who applies MySQL",
      `${v}migrations:\n  - directory: db\n    dialect: mysql\n    applied-by: lockkeeper\n`,
      ["5:17: applied-by is lockkeeper, which applies PostgreSQL alone: leave it out where dialect is mysql"],
    ],
    [
      "more approvals than people who could give them",
      `${v}policy: { critical: { approvers: { people: [ann] } } }`,
      ["2:34: 2 approvals asked of 1 person: name more"],
    ],
    [
      "approvers without a name",
      `${v}policy: { high: { approvers: { people: [] } } }`,
      ["2:30: approvers names nobody: name people or teams, or leave the key out"],
    ],
    [
      "a name with its @",
      `${v}policy:\n  high:\n    approvers:\n      people: ["@ann"]\n`,
      ['5:16: "@ann" is no such name: write it without @'],
    ],
    [
      "approvers on the wrong level",
      `${v}policy: { high: { people: [ann] } }`,
      ['2:19: unknown key "people" here: it belongs in approvers; look at the indentation'],
    ],
    [
      "a webhook's address instead of the variable that holds it, which is not shown",
      `${v}notify:\n  - { url-from: "https://hooks.example/T0/secret" }\n  - { format: teams }\nhooks: { before: [" "], limit: 5 }\nenvironments: { a: { rollback-on: [always] } }\n`,
      [
        "3:17: url-from is no name of a variable; it must be one, never the address itself",
        "4:5: an entry of notify has no url-from: the name of the variable that holds the address",
        '4:15: notify entry 2: format is the text "teams"; it must be slack or json',
        "5:19: hooks.before has an empty command",
        "5:32: hooks.limit is 5; it must be a time with its unit: 500ms, 3s, 2min or 1h",
        '6:36: environments.a.rollback-on entry 1 is the text "always"; it must be migration-failed, verify-failed or health-failed',
      ],
    ],
    [
      "a key in camel case",
      `${v}migrations:\n  - directory: db\n    appliedBy: tool\n`,
      ['4:5: unknown key "appliedBy": did you mean applied-by?'],
    ],
    [
      "a key of an inner map at the top",
      `${v}fail-on: high\n`,
      ['2:1: unknown key "fail-on" here: it belongs in policy; look at the indentation'],
    ],
    [
      "an unknown key of a rule",
      `${v}rules: { drop-table: { risk: high, why: x } }`,
      ['2:36: unknown key "why": the only key here is risk'],
    ],
    [
      "postgres as text",
      `${v}postgres: "16"\n`,
      ['2:11: postgres is the text "16"; it must be a whole number from 14 to 18, without quotes'],
    ],
    [
      "postgres with a minor version",
      `${v}postgres: 16.4\n`,
      ["2:11: postgres is 16.4; it must be a whole number from 14 to 18"],
    ],
    [
      "a key without a value",
      `${v}postgres:\n\n# more\n\nrules: {}\n`,
      ["2:1: postgres has no value; it must be a whole number from 14 to 18"],
    ],
    [
      "one directory instead of a list",
      `${v}migrations: db\n`,
      [
        '2:13: migrations is the text "db"; it must be a list, each entry with a directory ("- directory: db/migrations")',
      ],
    ],
    [
      "a list of names",
      `${v}migrations: [db]\n`,
      ['2:14: migrations entry 1 is the text "db"; it must be a map with a directory (directory: db/migrations)'],
    ],
    [
      "an empty list",
      `${v}migrations: []\n`,
      ["2:13: migrations is an empty list: name a directory, or leave the key out"],
    ],
    [
      "an entry without a directory",
      `${v}migrations:\n  - directory: db\n  - layout: plain\n`,
      ["4:5: migrations entry 2 has no directory"],
    ],
    [
      "a directory that is a number",
      `${v}migrations: [{ directory: 7 }]\n`,
      ["2:27: migrations entry 1: directory is 7; it must be the path of a directory, such as db/migrations"],
    ],
    [
      "a command that is none",
      `${v}migrations: [{ directory: a, sql-command: " " }]\nsql-command: x\n`,
      [
        "2:43: sql-command is no command: write what prints the SQL, or leave the key out",
        '3:1: unknown key "sql-command" here: it belongs in an entry of migrations; look at the indentation',
      ],
    ],
    [
      "an unknown layout",
      `${v}migrations: [{ directory: a, layout: golang_migrate }, { directory: b, layout: alembic }]`,
      [
        '2:38: migrations entry 1: layout is "golang_migrate": did you mean golang-migrate?',
        '2:80: migrations entry 2: layout is the text "alembic"; it must be golang-migrate, dbmate, goose, sql-migrate, flyway, prisma, drizzle, supabase, sqlx, diesel, node-pg-migrate or plain',
      ],
    ],
    [
      "an unknown risk",
      `${v}policy:\n  severe: {}\n  hihg: {}\n`,
      [
        '3:3: unknown key "severe": the keys here are low, medium, high, critical and fail-on',
        '4:3: unknown key "hihg": did you mean high?',
      ],
    ],
    [
      "a risk with a word instead of a map",
      `${v}policy: { high: manual }\n`,
      ['2:17: policy.high is the text "manual"; it must be a map of deploy, approvals, approvers and backup'],
    ],
    [
      "words that the policy does not know",
      `${v}policy:\n  low: { deploy: Automatic, backup: none }\n  fail-on: nevr\n`,
      [
        '3:18: policy.low.deploy is "Automatic": did you mean automatic?',
        '3:37: policy.low.backup is the text "none"; it must be optional, recommended or required',
        '4:12: policy.fail-on is "nevr": did you mean never?',
      ],
    ],
    [
      "approvals that cannot be counted",
      `${v}policy:\n  low: { approvals: -1 }\n  high: { approvals: 1.5 }\n  critical: { approvals: two }\n`,
      [
        "3:21: policy.low.approvals is -1; it must be a whole number, 0 or more",
        "4:22: policy.high.approvals is 1.5; it must be a whole number, 0 or more",
        '5:26: policy.critical.approvals is the text "two"; it must be a whole number, 0 or more',
      ],
    ],
    [
      "an unknown rule",
      `${v}rules:\n  drop-colum: off\n  prefer-text: off\n`,
      [
        '3:3: there is no rule "drop-colum": did you mean drop-column?',
        '4:3: there is no rule "prefer-text"; docs/rules names them all',
      ],
    ],
    [
      "a rule with a bare risk",
      `${v}rules: { drop-table: high }\n`,
      ['2:22: rules.drop-table is "high": write { risk: high }'],
    ],
    [
      "a rule turned on",
      `${v}rules: { drop-table: on }\n`,
      ['2:22: rules.drop-table is the text "on"; a rule is on unless it is turned off: leave the line out'],
    ],
    [
      "a rule with an unknown risk",
      `${v}rules: { drop-table: { risk: hgh } }\n`,
      ['2:30: rules.drop-table.risk is "hgh": did you mean high?'],
    ],
    [
      "a rule that says nothing",
      `${v}rules: { drop-table: {}, drop-column: }\n`,
      [
        "2:22: rules.drop-table has no risk; it must be off or { risk: low | medium | high | critical }",
        "2:26: rules.drop-column has no value; it must be off or { risk: low | medium | high | critical }",
      ],
    ],
    [
      "certain failure turned off",
      `${v}rules:\n  syntax-error: off\n`,
      [
        "3:3: rule syntax-error cannot be turned off: what it finds is refused by PostgreSQL itself, whatever anyone approves",
      ],
    ],
    [
      "certain failure made light of",
      `${v}rules:\n  syntax-error: { risk: low }\n`,
      [
        "3:3: rule syntax-error cannot be given another risk: what it finds is refused by PostgreSQL itself, whatever anyone approves",
      ],
    ],
    [
      "one directory named twice, in two ways",
      `${v}migrations:\n  - directory: db/migrations\n  - directory: ./db//migrations/\n`,
      ['4:16: the directory "db/migrations" is named twice: line 3 has it already'],
    ],
    [
      "directories outside the repository",
      `${v}migrations:
  - directory: /etc
  - directory: C:/db
  - directory: ../db
  - directory: db/../../x
  - directory: db/../x
  - directory: db\\sql
  - directory: ""
  - directory: "a\\nb"
`,
      [
        '3:16: the directory "/etc" is an absolute path: write it from the root of the repository',
        '4:16: the directory "C:/db" is an absolute path: write it from the root of the repository',
        '5:16: the directory "../db" leads out of the repository',
        '6:16: the directory "db/../../x" leads out of the repository',
        '7:16: the directory "db/../x" goes back by "..": write the path without it',
        '8:16: the directory "db\\\\sql" has a backslash: write its path with /',
        "9:16: the directory is empty: write its path, or . for the root of the repository",
        '10:16: the directory "a\\nb" has a control character in its name',
      ],
    ],
    [
      "text that would turn the terminal around",
      `${v}"a\\e[31m\\u202eb": 1\n`,
      [
        '2:1: unknown key "a\\u001b[31m\\u202eb": the keys here are version, postgres, migrations, policy, rules, allowances, approve-by, variables, environments, preflight, backup, verify, hooks and notify',
      ],
    ],
  ])("%s", (_, text, expected) => {
    expect(problemsOf(text)).toEqual(expected);
  });

  test("names such as __proto__ and constructor are unknown keys and rules like any other", () => {
    const problems = problemsOf(`${v}__proto__: { postgres: 14 }\nconstructor: 1\nrules: { toString: off }\n`);
    expect(problems.map((problem) => problem.replace(/[:;] (the keys|docs).*/, ""))).toEqual([
      '2:1: unknown key "__proto__"',
      '3:1: unknown key "constructor"',
      '4:10: there is no rule "toString"',
    ]);
  });

  test("long text is cut", () => {
    const [problem] = problemsOf(`version: 1\npostgres: ${"x".repeat(100_000)}\n`);
    expect(problem?.length).toBeLessThan(160);
  });

  test("the first hundred problems are shown, and the rest counted", () => {
    const keys = Array.from({ length: 130 }, (_, i) => `key${i}: 1`).join("\n");
    const problems = problemsOf(`version: 1\n${keys}\n`);
    expect(problems).toHaveLength(100);
    expect(() => configOf(`version: 1\n${keys}\n`)).toThrow(
      expect.objectContaining({
        message: "The config file .github/lockkeeper.yml has 130 problems.",
        details: expect.arrayContaining(["… and 30 more problems"]),
      }),
    );
  });
});
