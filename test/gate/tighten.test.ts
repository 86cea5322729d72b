import { describe, expect, test } from "vitest";
import { type Config, defaultConfig, defaultLedger, failOnChoices } from "../../src/config/config.ts";
import { type Decided, tightened, type Wishes } from "../../src/gate/tighten.ts";

const nothing: Wishes = { failOn: null, postgres: null, layout: null };
const base = (more: Partial<Config> = {}, namesPostgres = false): Decided => {
  return { config: { ...defaultConfig, ...more }, namesPostgres };
};
const with_ = (failOn: Config["policy"]["failOn"]) => base({ policy: { ...defaultConfig.policy, failOn } });

describe("an input of the workflow", () => {
  test("that is not there changes nothing and is not told", () => {
    expect(tightened(nothing, base({}, true))).toEqual({ wishes: nothing, ignored: [] });
  });

  test("fail-on counts where it names the same risk as the base, or a lower one", () => {
    for (const [i, decided] of failOnChoices.entries()) {
      for (const [j, asked] of failOnChoices.entries()) {
        const { wishes, ignored } = tightened({ ...nothing, failOn: asked }, with_(decided));
        expect(wishes.failOn, `${asked} where the base says ${decided}`).toBe(j <= i ? asked : null);
        expect(ignored).toEqual(j <= i ? [] : [{ input: "fail-on", asked, used: decided }]);
      }
    }
  });

  test("fail-on cannot open a gate of which the base says nothing", () => {
    const { ignored } = tightened({ ...nothing, failOn: "never" }, base());
    expect(ignored).toEqual([{ input: "fail-on", asked: "never", used: "medium" }]);
  });

  test("postgres counts where the base names no version, or the same", () => {
    expect(tightened({ ...nothing, postgres: 15 }, base())).toMatchObject({ wishes: { postgres: 15 }, ignored: [] });
    expect(tightened({ ...nothing, postgres: 15 }, base({ postgres: 15 }, true)).ignored).toEqual([]);
    expect(tightened({ ...nothing, postgres: 14 }, base({ postgres: 15 }, true))).toEqual({
      wishes: nothing,
      ignored: [{ input: "postgres", asked: "14", used: "15" }],
    });
  });

  test("layout counts where the base names none, or the same everywhere", () => {
    const directory = (name: string, layout: "plain" | "flyway" | null) =>
      ({
        directory: name,
        layout,
        appliedBy: "tool",
        dialect: "postgresql",
        ledger: defaultLedger,
        ...{ sqlCommand: null, applyCommand: null, rollbackCommand: null, rollbackSqlCommand: null },
      }) as const;
    const wish: Wishes = { ...nothing, layout: "plain" };
    const ask = (...migrations: Config["migrations"]) => tightened(wish, base({ migrations })).ignored;
    expect(ask()).toEqual([]);
    expect(ask(directory("a", null))).toEqual([]);
    expect(ask(directory("a", "plain"), directory("b", null))).toEqual([]);
    expect(ask(directory("a", "plain"), directory("b", "flyway"))).toEqual([
      { input: "layout", asked: "plain", used: "plain, flyway" },
    ]);
  });
});
