import { readFileSync } from "node:fs";
import { emptyCatalog } from "../../src/facts/catalog.ts";
import { gatherDialect } from "../../src/facts/dialects/gather.ts";
import type { StatementFacts } from "../../src/facts/facts.ts";
import { newSet } from "../../src/facts/session.ts";
import { judgeStatement } from "../../src/gate/classify.ts";
import type { Dialect } from "../../src/sql/dialects/dialect.ts";
import { readDialectScript } from "../../src/sql/dialects/read.ts";

/** The facts of each text, judged alone with those before it as its history. */
export async function factsOfChain(texts: readonly string[], dialect: Dialect): Promise<readonly StatementFacts[][]> {
  const catalog = emptyCatalog();
  const all: StatementFacts[][] = [];
  for (const text of texts)
    all.push(gatherDialect(await readDialectScript(text, dialect), { catalog, set: newSet(), dialect }));
  return all;
}

/** The facts of the last text, with the others as its history. */
export async function factsOf(
  text: string,
  dialect: Dialect,
  history: readonly string[] = [],
): Promise<StatementFacts[]> {
  return (await factsOfChain([...history, text], dialect)).at(-1) ?? [];
}

/** Line, class and risk of each statement, as an expectation writes them. */
export function judged(facts: readonly StatementFacts[]): readonly object[] {
  return facts.map((each) => {
    const { changeClass, risk } = judgeStatement(each);
    return { line: each.statement.span.line, class: changeClass, risk };
  });
}

export function textOf(fixture: string, path: string): string {
  return readFileSync(new URL(`../fixtures/dialects/${fixture}/migrations/${path}`, import.meta.url), "utf8");
}
