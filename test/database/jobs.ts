import type { LedgerId } from "../../src/config/config.ts";
import { emptyCatalog } from "../../src/facts/catalog.ts";
import { gather } from "../../src/facts/gather.ts";
import { newSet } from "../../src/facts/session.ts";
import { layoutOf } from "../../src/migrations/layouts/index.ts";
import { migrationDigest, scriptDigest } from "../../src/plan/digest.ts";
import { scriptOf } from "../../src/plan/scripts.ts";
import type { Job } from "../../src/plan/target.ts";
import { readDirectives } from "../../src/sql/comments.ts";
import { readScript } from "../../src/sql/parse.ts";
import { type Grammar, grammarFor, openGrammar } from "../../src/sql/postgres.ts";

let opened: Grammar | null = null;

/** A script of a migration as a job for the runner, from its SQL. */
export async function jobOf(
  version: string,
  sql: string,
  more: Partial<Job> & { readonly direction?: "up" | "down"; readonly ledgerTool?: LedgerId } = {},
): Promise<Job> {
  opened ??= openGrammar(grammarFor(18));
  const read = await readScript(sql, opened);
  const directives = readDirectives(read);
  const model = directives.some(({ kind }) => kind === "no-transaction") ? "statements" : "lockkeeper";
  const statements = gather(read, { catalog: emptyCatalog(), set: newSet(), model, major: 18 });
  const path = `${version}_test.up.sql`;
  const digest = migrationDigest({ up: scriptDigest(sql), down: undefined }) ?? "";
  const layout = layoutOf("golang-migrate");
  const prepared = scriptOf(
    {
      ...{
        path,
        migration: { version, name: "test", up: path, down: null },
        direction: more.direction ?? "up",
        up: null,
      },
      ...{ layout, model, appliedBy: "lockkeeper", unreadable: null, byteOrderMark: false, problems: [], statements },
      ...{ directives, major: 18, dialect: "postgresql" },
    },
    digest,
  );
  if (prepared.kind === "refused") throw new Error(`${path}: ${prepared.why}`);
  return {
    script: prepared.script,
    ledger: {
      layout: "golang-migrate",
      appliedBy: "lockkeeper",
      config: { tool: more.ledgerTool ?? "lockkeeper", table: null },
    },
    file: { path, bytes: Buffer.from(sql) },
    below: null,
    planDigest: "plan",
    resume: null,
    ...more,
  };
}
