import { flag, text } from "../database/rows.ts";
import type { Session } from "../database/session.ts";
import type { Looked } from "../report/verification.ts";
import { ask, startLooking } from "./looking.ts";

const users = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'";

/** No index may be invalid: queries do not use it, and a unique one may already refuse rows. */
export async function checkIndexes(session: Session, limits: { readonly timeoutMs: number }): Promise<Looked> {
  const looking = startLooking("indexes");
  const rows = await ask(session, limits, async () => {
    const found = await session.query(
      `SELECT pg_catalog.format('%I.%I', n.nspname, i.relname) AS index, pg_catalog.format('%I.%I', n.nspname, c.relname) AS table,
              x.indisvalid AS valid, x.indisready AS ready, x.indisunique AS is_unique, i.relkind = 'I' AS partitioned,
              EXISTS (SELECT FROM pg_catalog.pg_stat_progress_create_index p WHERE p.index_relid = i.oid) AS building
       FROM pg_catalog.pg_index x JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid
       JOIN pg_catalog.pg_class c ON c.oid = x.indrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
       WHERE ${users} ORDER BY 1`,
    );
    return found.rows;
  });
  if (rows === null) looking.error("The indexes could not be looked at in time.");
  for (const row of rows ?? []) {
    looking.look();
    if (flag(row, "valid")) continue;
    const index = text(row, "index");
    const at = { table: text(row, "table") };
    if (flag(row, "building")) {
      looking.warning(`The index ${index} is being built.`, at);
    } else if (flag(row, "partitioned")) {
      const hint = "attach an index of each partition to it (ALTER INDEX … ATTACH PARTITION …).";
      looking.error(`The index ${index} is INVALID: a partition has no index that belongs to it.`, { ...at, hint });
    } else {
      const refuses =
        flag(row, "is_unique") && flag(row, "ready") ? ", and it already refuses rows that are there twice" : "";
      looking.error(`The index ${index} is INVALID: no query uses it${refuses}.`, {
        ...at,
        hint: `its build has failed: DROP INDEX CONCURRENTLY ${index}; and build it again.`,
      });
    }
  }
  return looking.result;
}
