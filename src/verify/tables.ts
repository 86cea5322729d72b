import type { RowComparison } from "../config/verify.ts";
import { DatabaseError } from "../database/errors.ts";
import { flag } from "../database/rows.ts";
import type { Session } from "../database/session.ts";
import type { Looked } from "../report/verification.ts";
import { count } from "../text.ts";
import { ask, inWords, startLooking } from "./looking.ts";
import { type Picture, rowsOf } from "./picture.ts";

/** Tables that the config names must be there. */
export async function checkTables(
  session: Session,
  { tables, timeoutMs }: { readonly tables: readonly string[]; readonly timeoutMs: number },
): Promise<Looked> {
  const looking = startLooking("tables");
  for (const table of tables) {
    looking.look();
    try {
      const there = await ask(session, { timeoutMs }, async () => {
        const { rows } = await session.query(
          `SELECT EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.oid = pg_catalog.to_regclass($1) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')) AS there`,
          [table],
        );
        return flag(rows[0] ?? {}, "there");
      });
      if (there !== true)
        looking.error(`There is no table ${table}.`, { table, hint: "verify.tables in the config names it." });
    } catch (thrown) {
      if (!(thrown instanceof DatabaseError) || thrown.lost) throw thrown;
      looking.error(`${table} is no name of a table: ${inWords(thrown)}`, { table });
    }
  }
  return looking.result;
}

/** The rows of tables that nothing was to be done to, compared with those before. */
export async function checkRows(
  session: Session,
  before: Picture,
  {
    rows: how,
    touched,
    timeoutMs,
  }: { readonly rows: RowComparison; readonly touched: (table: string) => boolean; readonly timeoutMs: number },
): Promise<Looked> {
  const looking = startLooking("rows");
  if (how === "off") return looking.result;
  const now = await rowsOf(session, { timeoutMs });
  const uncounted: string[] = [];
  for (const [table, was] of Object.entries(before.tables)) {
    if (touched(table)) continue;
    looking.look();
    const is = now.get(table);
    if (is === undefined) {
      // No client drops tables.
      looking.error(`${table} was there before, and is gone.`, { table });
    } else if (is === null || was === null) {
      uncounted.push(table);
    } else if (is < was) {
      const say = how === "warn" ? looking.warning : looking.error;
      const hint =
        how === "not-fewer" ? "if clients delete rows meanwhile, write rows: warn in verify of the config." : null;
      say(`${table} has ${count(is, "row")}, and had ${count(was, "row")} before.`, { table, hint });
    } else if (how === "same" && is !== was) {
      looking.error(`${table} has ${count(is, "row")}, and had ${count(was, "row")} before.`, { table });
    }
  }
  if (uncounted.length > 0) {
    const named =
      uncounted.length > 5
        ? `${uncounted.slice(0, 5).join(", ")} and ${uncounted.length - 5} more`
        : uncounted.join(", ");
    looking.warning(`Not counted in time, or not to be read by this role: ${named}.`);
  }
  return looking.result;
}
