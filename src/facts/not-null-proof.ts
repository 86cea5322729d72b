import { quoted, quoteIdentifier, type Relation } from "../sql/names.ts";
import { nameFrom } from "./clauses.ts";

/** SQL that proves a column NOT NULL while others read and write: its steps, and what to drop when NOT NULL stands. */
export interface NotNullProof {
  readonly steps: readonly string[];
  /** Empty where the proof is the NOT NULL constraint itself. */
  readonly after: readonly string[];
}

/** From 18 on NOT NULL is a constraint that can be NOT VALID; before, a valid CHECK (column IS NOT NULL) proves it. */
export function proofOfNotNull(of: Relation, column: string, major: number): NotNullProof {
  const table = `ALTER TABLE ${quoted(of)}`;
  const name = quoteIdentifier(nameFrom(`${of.name}_${column}`, "_not_null"));
  const own = quoteIdentifier(column);
  const constraint = major >= 18 ? `NOT NULL ${own}` : `CHECK (${own} IS NOT NULL)`;
  return {
    steps: [
      `${table} ADD CONSTRAINT ${name} ${constraint} NOT VALID;`,
      "-- and in a later migration:",
      `${table} VALIDATE CONSTRAINT ${name};`,
    ],
    after: major >= 18 ? [] : [`${table} DROP CONSTRAINT ${name};`],
  };
}
