import { emptyCatalog, type MutableCatalog } from "../../src/facts/catalog.ts";
import type { Effect, StatementFacts, TransactionModel } from "../../src/facts/facts.ts";
import { gather } from "../../src/facts/gather.ts";
import { readBodies } from "../../src/facts/routines.ts";
import { newSet, type SetState } from "../../src/facts/session.ts";
import { display } from "../../src/sql/names.ts";
import { readScript } from "../../src/sql/parse.ts";
import { openGrammar } from "../../src/sql/postgres.ts";

const grammar = openGrammar();

/** A database to which migrations are applied one after the other; each is a set of its own unless it is told otherwise. */
export interface History {
  readonly catalog: MutableCatalog;
  /** What each statement of a file does, after all files before it. */
  apply(
    sql: string,
    options?: { readonly model?: TransactionModel; readonly set?: SetState },
  ): Promise<readonly StatementFacts[]>;
}

export function history(): History {
  const catalog = emptyCatalog();
  return {
    catalog,
    apply: async (sql, { model = "lockkeeper", set = newSet() } = {}) => {
      const script = await readScript(sql, grammar);
      await readBodies(script, catalog);
      return gather(script, { catalog, set, model, major: 18 });
    },
  };
}

/** What the last statement of the last file does, after everything before it. */
export async function last(...files: readonly string[]): Promise<StatementFacts> {
  const { apply } = history();
  let found: StatementFacts | undefined;
  for (const file of files) found = (await apply(file)).at(-1);
  if (found === undefined) throw new Error("there is no statement");
  return found;
}

/** An effect in a line: "lock ACCESS EXCLUSIVE t", "fails 42P07 t", with a question mark where it is only possible. */
export function line(effect: Effect): string {
  const detail = effect.kind === "lock" ? effect.mode : effect.kind === "fails" ? effect.sqlstate : "";
  const words = [effect.kind, detail, effect.relation === null ? "" : display(effect.relation)].filter(
    (word) => word !== "",
  );
  return words.join(" ") + (effect.certainty === "possible" ? "?" : "");
}

/** The effects of a statement of these kinds, each as a line. */
export function lines({ effects }: StatementFacts, ...kinds: readonly Effect["kind"][]): readonly string[] {
  return effects.filter(({ kind }) => kinds.includes(kind)).map(line);
}

/** The failures that a statement is certain to have, each as a line. */
export function certainFailures(facts: StatementFacts): readonly string[] {
  return lines(facts, "fails").filter((each) => !each.endsWith("?"));
}
