import type { NeededRights } from "../plan/preflight.ts";
import { missingNeeds } from "./needs.ts";
import { flag, text, textOrNull } from "./rows.ts";
import type { Session } from "./session.ts";

/** What a role may not do of what is needed, each as a sentence. A superuser may everything. */
export async function missingRights(session: Session, needed: NeededRights): Promise<readonly string[]> {
  const who = await roleOf(session, needed.role);
  if (who.problem !== null) return [who.problem];
  const { role } = who;
  return [
    ...(await journalRights(session, role)),
    ...(await ledgerRights(session, role, needed.ledgers)),
    ...(await missingNeeds(session, role, needed.needs)),
  ];
}

/** The role that does the work, and why the one that connects cannot become it; null where it can. */
export async function roleOf(
  session: Session,
  wanted: string | null,
): Promise<{ readonly role: string; readonly problem: string | null }> {
  // Since 16 a role can be granted without the right to become it.
  const may = session.serverVersion >= 160_000 ? "SET" : "MEMBER";
  const { rows } = await session.query(
    `SELECT session_user::text AS own, r.rolname::text AS role,
            r.oid IS NOT NULL AND pg_catalog.pg_has_role(session_user, r.oid, '${may}') AS may
     FROM (SELECT $1::text AS wanted) w LEFT JOIN pg_catalog.pg_roles r ON r.rolname = w.wanted`,
    [wanted],
  );
  const [row = {}] = rows;
  const own = text(row, "own");
  if (wanted === null) return { role: own, problem: null };
  if (textOrNull(row, "role") === null)
    return { role: own, problem: `There is no role ${wanted}, which is to own what is made.` };
  const problem = flag(row, "may") ? null : `${own} may not become ${wanted}: GRANT ${wanted} TO ${own}.`;
  return { role: wanted, problem };
}

async function journalRights(session: Session, role: string): Promise<readonly string[]> {
  const { rows } = await session.query(
    `SELECT n.oid IS NOT NULL AS found,
            CASE WHEN n.oid IS NULL THEN pg_catalog.has_database_privilege($1, pg_catalog.current_database(), 'CREATE')
                 WHEN j.oid IS NULL THEN pg_catalog.has_schema_privilege($1, n.oid, 'CREATE')
                 ELSE pg_catalog.has_schema_privilege($1, n.oid, 'USAGE') AND pg_catalog.has_table_privilege($1, j.oid, 'SELECT')
                      AND pg_catalog.has_table_privilege($1, j.oid, 'INSERT') AND pg_catalog.has_table_privilege($1, j.oid, 'UPDATE') END AS may
     FROM (SELECT 1) one LEFT JOIN pg_catalog.pg_namespace n ON n.nspname = 'lockkeeper'
     LEFT JOIN pg_catalog.pg_class j ON j.relnamespace = n.oid AND j.relname = 'journal'`,
    [role],
  );
  const [row = {}] = rows;
  if (flag(row, "may")) return [];
  return flag(row, "found")
    ? [
        `${role} may not write the journal: GRANT USAGE, CREATE ON SCHEMA lockkeeper, and SELECT, INSERT, UPDATE on its tables.`,
      ]
    : [`${role} may not make the schema lockkeeper, in which attempts are recorded: GRANT CREATE ON DATABASE.`];
}

async function ledgerRights(session: Session, role: string, tables: readonly string[]): Promise<readonly string[]> {
  const { rows } = await session.query(
    `SELECT t.name, c.oid IS NOT NULL AS found,
            CASE WHEN c.oid IS NULL THEN COALESCE(pg_catalog.has_schema_privilege($2, n.oid, 'CREATE'), false)
                 ELSE pg_catalog.has_schema_privilege($2, c.relnamespace, 'USAGE') AND pg_catalog.has_table_privilege($2, c.oid, 'SELECT')
                      AND pg_catalog.has_table_privilege($2, c.oid, 'INSERT') AND pg_catalog.has_table_privilege($2, c.oid, 'DELETE') END AS may
     FROM pg_catalog.unnest($1::text[]) AS t (name)
     LEFT JOIN pg_catalog.pg_class c ON c.oid = pg_catalog.to_regclass(t.name)
     LEFT JOIN pg_catalog.pg_namespace n ON n.nspname = (pg_catalog.parse_ident(t.name))[1]
     WHERE c.oid IS NOT NULL OR n.oid IS NOT NULL`,
    [tables, role],
  );
  return rows
    .filter((row) => !flag(row, "may"))
    .map((row) => {
      const name = text(row, "name");
      return flag(row, "found")
        ? `${role} may not write the ledger: GRANT SELECT, INSERT, DELETE ON ${name}.`
        : `${role} may not make the ledger ${name}: GRANT CREATE on its schema.`;
    });
}
