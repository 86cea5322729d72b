import { emptyCatalog, type MutableCatalog } from "../facts/catalog.ts";
import type { Grammar } from "../sql/postgres.ts";
import { readFunctions, readNames, readTriggers, readTypes } from "./catalog-objects.ts";
import { readColumns, readConstraints, readIndexes, readRelations } from "./catalog-tables.ts";
import { flag } from "./rows.ts";
import type { Session } from "./session.ts";

/**
 * What is in the database, as the static catalog has it, so that facts are told of what is really there. Only the system catalogs are
 * read, which no lock on a table keeps waiting. Names without a schema are those of `public`: where the connection looks elsewhere
 * first, the catalog is not exact.
 */
export async function readCatalog(session: Session, grammar: () => Grammar): Promise<MutableCatalog> {
  const catalog = emptyCatalog();
  await readRelations(session, catalog);
  await readColumns(session, catalog);
  await readConstraints(session, catalog);
  await readIndexes(session, catalog);
  await readTypes(session, catalog);
  await readNames(session, catalog);
  await readTriggers(session, catalog);
  await readFunctions(session, catalog, grammar);
  const { rows } = await session.query("SELECT COALESCE(pg_catalog.current_schema() = 'public', false) AS is_public");
  const [row] = rows;
  catalog.exact = row !== undefined && flag(row, "is_public");
  return catalog;
}
