import { readdir, readFile } from "node:fs/promises";
import type { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sharedPostgres } from "../support/global-postgres.ts";
import { sendAsOneString } from "../support/postgres.ts";
import { chains, chainsDirectory, sampleChain } from "./chains.ts";
import type { ChainLayout, ExpectedRun, ExpectedVerdict, Runner } from "./expectation.ts";
import { type Answer, catalogOf, downScript, type Played, play, upScripts } from "./play.ts";
import { split } from "./split.ts";

let postgres: Awaited<ReturnType<typeof sharedPostgres>>;

beforeAll(async () => {
  postgres = await sharedPostgres();
  // One of the guides asks for the size of the database of this name.
  await postgres.createDatabase("aicli");
});

afterAll(async () => {
  await postgres.dropDatabase("aicli");
  await postgres.stop();
});

const runners: readonly Runner[] = ["tool", "lockkeeper"];
const risks = ["low", "medium", "high", "critical"] as const;

test("every chain that is there is tested", async () => {
  const names = chains.filter((chain) => chain !== sampleChain).map(({ name }) => name);
  expect((await readdir(chainsDirectory)).sort()).toEqual(names.sort());
});

for (const chain of chains) {
  const { layout, migrations } = chain.expected;

  describe(chain.name, () => {
    let played: ReadonlyMap<string, Played>;

    beforeAll(async () => {
      played = await play(postgres, chain);
    });

    test("says what to expect of every migration that is there", async () => {
      expect(migrations.map(({ path }) => path)).toEqual(await upScripts(chain));
    });

    for (const { path, statements, risk, verdict, down } of migrations) {
      test(`${path} holds the statements that are expected`, async () => {
        const pieces = split(await readFile(new URL(path, chain.migrations), "utf8"));
        expect(statements.map(({ line }) => line)).toEqual(pieces.map(({ line }) => line));
        const opaque = statements.filter((statement) => statement.class === "opaque").map(({ line }) => line);
        expect(opaque).toEqual(pieces.filter(({ node }) => node === null).map(({ line }) => line));
      });

      test(`${path} has the risk of its worst statement, and the verdict that follows from it`, () => {
        const worst = Math.max(...statements.map((statement) => risks.indexOf(statement.risk)));
        expect(risk).toBe(risks[worst]);
        for (const { outcome } of Object.values(verdict)) {
          expect([risk === "low" ? "pass" : "needs-approval", "blocked"]).toContain(outcome);
        }
      });

      for (const runner of runners) {
        test(`${path}: ${inWords(verdict[runner], nameOf(runner, layout))}`, () => {
          expectAnswer(played.get(path)?.up[runner], verdict[runner]);
        });
      }

      if (down === null) {
        test(`${path} has no down script`, async () => {
          expect(await downScript(chain, path)).toBeNull();
        });
        continue;
      }
      for (const runner of runners) {
        test(`${path}, down again: ${inWords(down[runner], nameOf(runner, layout))}`, () => {
          expectAnswer(played.get(path)?.down?.[runner], down[runner]);
        });
      }
    }
  });
}

describe("the sample, each file sent as one string as golang-migrate does", () => {
  const ups = sampleChain.expected.migrations.map(({ path }) => path);
  const downs = ups.map((path) => path.replace(".up.sql", ".down.sql")).reverse();
  const database = "chains_sample_round_trip";

  async function send(client: Client, files: readonly string[]): Promise<string> {
    for (const file of files)
      await sendAsOneString(client, await readFile(new URL(file, sampleChain.migrations), "utf8"));
    return catalogOf(client);
  }

  test("goes up, all the way down to nothing, and up again to the same", async () => {
    await postgres.createDatabase(database);
    await postgres.withClient(database, async (client) => {
      const first = await send(client, ups);
      expect(first).toContain("voucher_lines debit_amount numeric(20,4)");
      expect(await send(client, downs)).toBe("");
      expect(await send(client, ups)).toBe(first);
    });
    await postgres.dropDatabase(database);
  });

  test.each(ups)("%s is undone by its down script", async (up) => {
    await postgres.createDatabase(database);
    await postgres.withClient(database, async (client) => {
      const before = await send(client, ups.slice(0, ups.indexOf(up)));
      expect(await send(client, [up])).not.toBe(before);
      expect(await send(client, [up.replace(".up.sql", ".down.sql")])).toBe(before);
    });
    await postgres.dropDatabase(database);
  });
});

function nameOf(runner: Runner, layout: ChainLayout): string {
  if (runner === "lockkeeper") return "Lockkeeper";
  return layout === "plain" ? "psql" : layout;
}

function inWords(expected: ExpectedVerdict | ExpectedRun, runner: string): string {
  if (expected.outcome === "blocked") return `${runner} is refused at line ${expected.line} with ${expected.sqlstate}`;
  return expected.outcome === "runs" ? `${runner} can run it` : `${runner} can run it (${expected.outcome})`;
}

function expectAnswer(answer: Answer | undefined, expected: ExpectedVerdict | ExpectedRun): void {
  if (expected.outcome !== "blocked") {
    expect(answer).toEqual({ outcome: "runs" });
    return;
  }
  // Which statement of a string was refused is told by PostgreSQL only where its error has a position.
  const asOneString = answer?.outcome === "blocked" && answer.line === null;
  expect(answer).toEqual({ ...expected, line: asOneString ? null : expected.line });
}
