import { readdirSync, readFileSync } from "node:fs";
import { type Case, readCases } from "./cases.ts";

const folder = new URL("./", import.meta.url);

/** The ids of the rules that have a folder here, sorted. */
export const rulesWithCases: readonly string[] = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort();

/** The cases of a rule; none where it has no cases.sql. */
export function casesOf(id: string): readonly Case[] {
  const file = new URL(`${id}/cases.sql`, folder);
  try {
    return readCases(readFileSync(file, "utf8"), `test/rules/${id}/cases.sql`);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}
