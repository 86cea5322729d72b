import { afterAll, beforeAll, expect, test } from "vitest";
import { type BuiltinFunction, readBuiltinFunctions } from "../../scripts/builtin-functions.ts";
import { builtinVolatility } from "../../src/facts/builtins.ts";
import { sharedPostgres } from "../support/global-postgres.ts";

let postgres: Awaited<ReturnType<typeof sharedPostgres>>;
let builtins: readonly BuiltinFunction[];

beforeAll(async () => {
  postgres = await sharedPostgres();
  builtins = await postgres.withClient("postgres", readBuiltinFunctions);
});

afterAll(() => postgres.stop());

test("every function of the server is known, with its volatility", () => {
  expect(builtins.length).toBeGreaterThan(1500);
  const wrong = builtins.filter(
    ({ name, volatile }) => builtinVolatility(name) !== (volatile ? "volatile" : "immutable-or-stable"),
  );
  expect(wrong).toEqual([]);
});

test.each(["random", "clock_timestamp", "gen_random_uuid", "nextval", "setval", "pg_sleep", "timeofday"])(
  "%s() is volatile",
  (name) => {
    expect(builtinVolatility(name)).toBe("volatile");
  },
);

test.each(["now", "current_setting", "count", "row_number", "jsonb_build_object", "lower"])(
  "%s() is not volatile",
  (name) => {
    expect(builtinVolatility(name)).toBe("immutable-or-stable");
  },
);

test.each(["uuid_generate_v4", "no_such_function", "constructor", "", "NOW"])(
  "%j is no function of PostgreSQL's own",
  (name) => {
    expect(builtinVolatility(name)).toBeNull();
  },
);
