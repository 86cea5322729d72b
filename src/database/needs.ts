import type { Need, Privilege } from "../plan/preflight.ts";
import { display, type Relation } from "../sql/names.ts";
import { flag, text } from "./rows.ts";
import type { Session } from "./session.ts";

type NeedOf<K extends Need["kind"]> = Extract<Need, { readonly kind: K }>;

/** What of these a role may not do, each as a sentence. What is not there is not looked at: that it is missing is told elsewhere. */
export async function missingNeeds(session: Session, role: string, needs: readonly Need[]): Promise<readonly string[]> {
  const kind = <K extends Need["kind"]>(wanted: K): readonly NeedOf<K>[] =>
    needs.filter((need): need is NeedOf<K> => need.kind === wanted);
  const relations = [...kind("own"), ...kind("drop"), ...kind("privilege")].map(({ relation }) => relation);
  return [
    ...(await databaseRights(session, role, kind("database"))),
    ...(await extensions(session, role, kind("extension"))),
    ...(await creation(session, role, kind("create-in"))),
    ...(await usage(session, role, relations)),
    ...(await ownership(session, role, [...kind("own"), ...kind("drop")])),
    ...(await owned(session, role, { of: kind("own-type"), catalog: "type" })),
    ...(await owned(session, role, { of: kind("own-routine"), catalog: "routine" })),
    ...(await privileges(session, role, kind("privilege"))),
  ];
}

async function databaseRights(
  session: Session,
  role: string,
  needs: readonly NeedOf<"database">[],
): Promise<readonly string[]> {
  if (needs.length === 0) return [];
  const { rows } = await session.query(
    `SELECT rolsuper AS super, rolcreaterole AS roles, rolcreatedb AS databases,
            pg_catalog.has_database_privilege(oid, pg_catalog.current_database(), 'CREATE') AS creates
     FROM pg_catalog.pg_roles WHERE rolname = $1`,
    [role],
  );
  const [row = {}] = rows;
  const may = (column: string): boolean => flag(row, "super") || flag(row, column);
  const sentences = {
    CREATE: may("creates") ? null : `${role} may make no schema in this database: GRANT CREATE ON DATABASE.`,
    CREATEROLE: may("roles") ? null : `${role} may make and change no roles: it lacks CREATEROLE.`,
    CREATEDB: may("databases") ? null : `${role} may make no databases: it lacks CREATEDB.`,
    SUPERUSER: may("super") ? null : `${role} is no superuser, which ALTER SYSTEM and event triggers take.`,
  };
  return needs.flatMap(({ right }) => sentences[right] ?? []);
}

/** A trusted extension takes the right to make something in the database, another one a superuser. */
async function extensions(
  session: Session,
  role: string,
  needs: readonly NeedOf<"extension">[],
): Promise<readonly string[]> {
  const { rows } = await session.query(
    `SELECT DISTINCT n.name, bool_or(v.trusted) OVER (PARTITION BY n.name) AS trusted
     FROM pg_catalog.unnest($1::text[]) AS n (name)
     JOIN pg_catalog.pg_available_extension_versions v ON v.name = n.name
     JOIN pg_catalog.pg_roles r ON r.rolname = $2 AND NOT r.rolsuper
     WHERE v.superuser AND NOT (v.trusted AND pg_catalog.has_database_privilege(r.oid, pg_catalog.current_database(), 'CREATE'))
       AND NOT EXISTS (SELECT FROM pg_catalog.pg_extension e WHERE e.extname = n.name) ORDER BY 1`,
    [needs.map(({ name }) => name), role],
  );
  return rows.map((row) => {
    const what = flag(row, "trusted") ? "GRANT CREATE ON DATABASE" : "it takes a superuser";
    return `${role} may not make the extension ${text(row, "name")}: ${what}.`;
  });
}

async function creation(
  session: Session,
  role: string,
  needs: readonly NeedOf<"create-in">[],
): Promise<readonly string[]> {
  const { rows } = await session.query(
    `SELECT s.name, n.oid IS NOT NULL AS found FROM pg_catalog.unnest($1::text[]) AS s (name)
     LEFT JOIN pg_catalog.pg_namespace n ON n.nspname = s.name
     WHERE n.oid IS NULL OR NOT pg_catalog.has_schema_privilege($2, n.oid, 'CREATE') ORDER BY 1`,
    [needs.map(({ schema }) => schema), role],
  );
  return rows.map((row) => {
    const name = text(row, "name");
    return flag(row, "found")
      ? `${role} may make nothing in the schema ${name}: GRANT CREATE ON SCHEMA ${name}.`
      : `There is no schema ${name}, in which something is to be made.`;
  });
}

/** Without it nothing in a schema can even be named. */
async function usage(session: Session, role: string, relations: readonly Relation[]): Promise<readonly string[]> {
  const { rows } = await session.query(
    `SELECT DISTINCT n.nspname::text AS name FROM pg_catalog.unnest($1::text[]) AS s (name)
     JOIN pg_catalog.pg_namespace n ON n.nspname = s.name
     WHERE NOT pg_catalog.has_schema_privilege($2, n.oid, 'USAGE') ORDER BY 1`,
    [relations.map(({ schema }) => schema ?? "public"), role],
  );
  return rows.map((row) => `${role} may not look into the schema ${text(row, "name")}: GRANT USAGE ON SCHEMA.`);
}

async function ownership(
  session: Session,
  role: string,
  needs: readonly NeedOf<"own" | "drop">[],
): Promise<readonly string[]> {
  const { rows } = await session.query(
    `SELECT DISTINCT t.display AS name, r.rolname::text AS owner
     FROM unnest($1::text[], $2::text[], $3::text[], $4::boolean[]) AS t (schema, name, display, drops)
     JOIN pg_catalog.pg_namespace n ON n.nspname = t.schema
     JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = t.name JOIN pg_catalog.pg_roles r ON r.oid = c.relowner
     WHERE NOT pg_catalog.pg_has_role($5, c.relowner, 'USAGE')
       AND NOT (t.drops AND pg_catalog.pg_has_role($5, n.nspowner, 'USAGE')) ORDER BY 1`,
    [...columnsOf(needs.map(({ relation }) => relation)), needs.map(({ kind }) => kind === "drop"), role],
  );
  return rows.map(
    (row) => `${text(row, "name")} belongs to ${text(row, "owner")}, and only its owner may change it: ${role} is not.`,
  );
}

/** Types and routines; of several routines of one name it is not known which is meant, and one that is ours is taken for it. */
async function owned(
  session: Session,
  role: string,
  { of, catalog }: { readonly of: readonly { readonly name: Relation }[]; readonly catalog: "type" | "routine" },
): Promise<readonly string[]> {
  const [table, column] = catalog === "type" ? ["pg_type", "typ"] : ["pg_proc", "pro"];
  const { rows } = await session.query(
    `SELECT t.display AS name, min(r.rolname::text) AS owner
     FROM unnest($1::text[], $2::text[], $3::text[]) AS t (schema, name, display)
     JOIN pg_catalog.pg_namespace n ON n.nspname = t.schema
     JOIN pg_catalog.${table} c ON c.${column}namespace = n.oid AND c.${column}name = t.name
     JOIN pg_catalog.pg_roles r ON r.oid = c.${column}owner
     GROUP BY 1 HAVING NOT bool_or(pg_catalog.pg_has_role($4, c.${column}owner, 'USAGE')) ORDER BY 1`,
    [...columnsOf(of.map(({ name }) => name)), role],
  );
  return rows.map((row) => {
    return `The ${catalog} ${text(row, "name")} belongs to ${text(row, "owner")}, and only its owner may change it: ${role} is not.`;
  });
}

async function privileges(
  session: Session,
  role: string,
  needs: readonly NeedOf<"privilege">[],
): Promise<readonly string[]> {
  const owner = "pg_catalog.pg_has_role($5, c.relowner, 'USAGE')";
  const has = (wanted: string): string => `pg_catalog.has_table_privilege($5, c.oid, ${wanted})`;
  const grantable = ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"];
  const { rows } = await session.query(
    `SELECT t.display AS name, t.privilege
     FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS t (schema, name, display, privilege)
     JOIN pg_catalog.pg_namespace n ON n.nspname = t.schema
     JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = t.name AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
     WHERE NOT CASE WHEN t.privilege = 'MAINTAIN' THEN ${owner}${session.serverVersion >= 170_000 ? ` OR ${has("'MAINTAIN'")}` : ""}
                    WHEN t.privilege = 'LOCK' THEN ${has("'UPDATE, DELETE, TRUNCATE'")}
                    WHEN t.privilege = 'GRANT' THEN ${owner} OR ${has(`'${grantable.map((each) => `${each} WITH GRANT OPTION`).join(", ")}'`)}
                    WHEN t.privilege IN ('DELETE', 'TRUNCATE', 'TRIGGER') THEN ${has("t.privilege")}
                    ELSE pg_catalog.has_any_column_privilege($5, c.oid, t.privilege) END
     ORDER BY 1, 2`,
    [...columnsOf(needs.map(({ relation }) => relation)), needs.map(({ privilege }) => privilege), role],
  );
  return rows.map((row) => {
    const lacks = needs.find(({ privilege }) => privilege === text(row, "privilege"))?.privilege ?? "SELECT";
    return `${role} lacks ${inWords(lacks, session.serverVersion)} on ${text(row, "name")}.`;
  });
}

function inWords(privilege: Privilege, serverVersion: number): string {
  switch (privilege) {
    case "LOCK":
      return "UPDATE, DELETE or TRUNCATE, one of which LOCK TABLE takes,";
    case "GRANT":
      return "ownership, or a right with GRANT OPTION,";
    case "MAINTAIN":
      return serverVersion >= 170_000 ? "MAINTAIN" : "ownership, which VACUUM, REINDEX and their like take before 17,";
    default:
      return privilege;
  }
}

function columnsOf(relations: readonly Relation[]): readonly (readonly string[])[] {
  return [relations.map(({ schema }) => schema ?? "public"), relations.map(({ name }) => name), relations.map(display)];
}
