import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { expected as mysqlShop } from "../fixtures/dialects/mysql-shop/expected.ts";
import { expected as sqliteCleanArchitecture } from "../fixtures/dialects/sqlite-clean-architecture/expected.ts";
import { factsOfChain, judged, textOf } from "./chain.ts";

const chains = { "sqlite-clean-architecture": sqliteCleanArchitecture, "mysql-shop": mysqlShop };

describe.each(Object.entries(chains))("the chain %s", (name, { dialect, migrations }) => {
  const paths = migrations.map(({ path }) => path);

  test("has an expectation for each of its files", () => {
    const files = readdirSync(new URL(`../fixtures/dialects/${name}/migrations/`, import.meta.url)).sort();
    expect(paths).toEqual(files);
  });

  test.each(migrations)(
    "$path is judged statement by statement as its expectation says",
    async ({ path, statements }) => {
      const texts = paths.slice(0, paths.indexOf(path) + 1).map((each) => textOf(name, each));
      const facts = await factsOfChain(texts, dialect);
      expect(judged(facts.at(-1) ?? [])).toEqual(statements);
    },
  );
});

test("MariaDB judges the shop as MySQL does", async () => {
  const texts = mysqlShop.migrations.map(({ path }) => textOf("mysql-shop", path));
  const facts = await factsOfChain(texts, "mariadb");
  expect(facts.map(judged)).toEqual(mysqlShop.migrations.map(({ statements }) => statements));
});
