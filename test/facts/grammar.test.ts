import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { ActionBody } from "../../src/facts/actions.ts";
import { emptyCatalog } from "../../src/facts/catalog.ts";
import { readers, readNode } from "../../src/facts/read/read.ts";
import type { Node } from "../../src/sql/nodes.ts";
import { openGrammar } from "../../src/sql/postgres.ts";
import { alterTableExamples, examples } from "./grammar-examples.ts";

/** Nodes whose names end in Stmt although no statement of SQL is one. */
const noStatements: Readonly<Record<string, string>> = {
  RawStmt: "what holds each statement, with its place",
  SetOperationStmt: "a UNION after it was analysed, which the parser does not do",
  ReturnStmt: "RETURN in the body of a function, which is part of CREATE FUNCTION",
  PLAssignStmt: "an assignment in PL/pgSQL, which the parser gives in another mode alone",
  ReplicaIdentityStmt: "a part of ALTER TABLE … REPLICA IDENTITY",
};

/** Statements of which nothing is known, and why. */
const opaque: Readonly<Record<string, { readonly why: string; readonly sql: string }>> = {
  DoStmt: { why: "its body is a program", sql: "DO $$BEGIN PERFORM 1; END$$" },
  CallStmt: { why: "a procedure can do anything, and commit", sql: "CALL p(1)" },
  ExecuteStmt: { why: "it runs what PREPARE named, which may be in another file", sql: "EXECUTE q(1)" },
  ImportForeignSchemaStmt: {
    why: "which tables it makes is known to the other server alone",
    sql: "IMPORT FOREIGN SCHEMA s FROM SERVER o INTO public",
  },
};

/** Subcommands of ALTER TABLE that PostgreSQL makes up itself when it works on another one (tablecmds.c): they cannot be written. */
const internal = [
  ...["AT_AddColumnToView", "AT_CookedColumnDefault", "AT_AddIndex", "AT_ReAddIndex", "AT_ReAddConstraint"],
  ...[
    "AT_ReAddDomainConstraint",
    "AT_AddIndexConstraint",
    "AT_ReAddComment",
    "AT_ReplaceRelOptions",
    "AT_ReAddStatistics",
  ],
];

const types = join(createRequire(import.meta.url).resolve("@pgsql/types/package.json"), "..");
const statements = [...readFileSync(join(types, "types.d.ts"), "utf8").matchAll(/^export interface (\w+Stmt) /gm)].map(
  ([, name]) => name ?? "",
);
const subcommands = [
  ...(/type AlterTableType = (.*);/.exec(readFileSync(join(types, "enums.d.ts"), "utf8"))?.[1]?.matchAll(/"(\w+)"/g) ??
    []),
].map(([, name]) => name ?? "");

const grammar = openGrammar();

/** The one statement of this SQL as its tree. */
async function parse(sql: string): Promise<Node> {
  const answer = await grammar.parse(sql);
  if (answer.kind !== "parsed")
    throw new Error(`${sql}: ${answer.kind === "syntax-error" ? answer.message : answer.why}`);
  const [first, ...more] = answer.statements;
  if (first?.stmt === undefined || more.length > 0) throw new Error(`${sql} is not one statement`);
  return first.stmt;
}

function read(node: Node): readonly ActionBody[] {
  return [
    ...readNode(node, {
      catalog: emptyCatalog(),
      grammar: 18,
      body: null,
      depth: 0,
      readNode,
      subcommands: () => null,
    }),
  ];
}

test("every statement of the grammar is read, but for those that are named here", () => {
  expect(statements.length).toBeGreaterThan(110);
  const unread = statements.filter((name) => !Object.hasOwn(readers, name));
  expect(unread.sort()).toEqual(Object.keys(noStatements).sort());
  expect(Object.keys(readers).filter((name) => !statements.includes(name))).toEqual([]);
});

test("every statement that is read has an example, and every example a statement", () => {
  const named = [...Object.keys(noStatements), ...Object.keys(opaque), ...Object.keys(examples)];
  expect(named.sort()).toEqual([...statements].sort());
});

test.each(Object.entries(opaque))("%s is said to be unread: %o", async (name, { sql }) => {
  const node = await parse(sql);
  expect(Object.keys(node)).toEqual([name]);
  expect(read(node)).toMatchObject([{ kind: "opaque" }]);
});

describe.each(Object.entries(examples))("%s", (name, lines) => {
  test.each(Object.entries(lines))("%s", async (sql, kinds) => {
    const node = await parse(sql);
    expect(Object.keys(node)).toEqual([name]);
    expect(read(node).map(({ kind }) => kind)).toEqual(kinds.split(" "));
  });
});

describe("ALTER TABLE", () => {
  test("every subcommand has an example, but for those that nobody can write", () => {
    expect([...Object.keys(alterTableExamples), ...internal].sort()).toEqual([...subcommands].sort());
  });

  test.each(Object.entries(alterTableExamples))("%s", async (subcommand, [sql, kind]) => {
    const node = await parse(sql);
    expect(JSON.stringify(node)).toContain(`"subtype":"${subcommand}"`);
    expect(read(node).map((action) => action.kind)).toEqual([kind]);
  });
});
