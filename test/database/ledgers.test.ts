import { crc32 } from "node:zlib";
import type { Client } from "pg";
import { describe, expect, test } from "vitest";
import type { Layout, LedgerConfig, LedgerId } from "../../src/config/config.ts";
import { flywayChecksum } from "../../src/database/ledgers/flyway.ts";
import { openLedger, readLedger } from "../../src/database/ledgers/index.ts";
import type { Ledger, LedgerMigration, LedgerState, LedgerWrite } from "../../src/database/ledgers/ledger.ts";
import type { Session } from "../../src/database/session.ts";
import { UserError } from "../../src/errors.ts";
import { freshDatabase, type SharedPostgres } from "../support/global-postgres.ts";
import { sessionOf } from "./session.ts";

const database = "ledgers_test";
let postgres: SharedPostgres;
freshDatabase(database, (server) => {
  postgres = server;
});

interface Chosen {
  readonly layout: Layout;
  readonly appliedBy?: "tool" | "lockkeeper";
  readonly config?: Partial<LedgerConfig>;
}

const on = <T>(work: (session: Session, client: Client) => Promise<T>): Promise<T> =>
  postgres.withClient(database, async (client) => work(await sessionOf(client), client));

const open = (session: Session, { layout, appliedBy = "tool", config = {} }: Chosen) =>
  openLedger(session, { layout, appliedBy, config: { tool: null, table: null, ...config } });

/** The state that is read when these statements have run before. */
function stateAfter(sql: string, chosen: Chosen): Promise<LedgerState> {
  return on(async (session) => {
    await session.query(sql);
    return readLedger(session, await open(session, chosen));
  });
}

async function send(session: Session, writes: readonly LedgerWrite[]): Promise<void> {
  for (const { sql, values } of writes) await session.query(sql, values);
}

function migration(version: string, name = "x", checksum: string | null = null): LedgerMigration {
  return { version, name, script: `${version}_${name}.sql`, checksum, executionMs: 12.4 };
}

const versionsOf = ({ applied }: LedgerState) => applied.map(({ version }) => version);

describe("a ledger that is written is read back as it was written", () => {
  test.each<[LedgerId, Layout, string[]]>([
    ["dbmate", "dbmate", ["20260101", "20260102"]],
    ["flyway", "flyway", ["1", "1.2"]],
    ["lockkeeper", "plain", ["001", "002"]],
  ])("%s", async (id, layout, [first = "", second = ""]) => {
    await on(async (session) => {
      const { ledger, exists } = await open(session, { layout });
      expect([ledger.id, ledger.writable, exists]).toEqual([id, true, false]);
      expect(await ledger.read(session)).toEqual({ exists: false, applied: [], upTo: null, dirty: null });
      await send(session, ledger.create());
      // Making it again does nothing.
      await send(session, ledger.create());
      expect(await ledger.read(session)).toEqual({ exists: true, applied: [], upTo: null, dirty: null });
      const checksum = ledger.checksum(new TextEncoder().encode("SELECT 1"));
      for (const version of [first, second]) await send(session, ledger.applied(migration(version, "a_b", checksum)));
      const state = await ledger.read(session);
      expect(versionsOf(state)).toEqual([first, second]);
      expect(state.applied.map((each) => each.checksum)).toEqual([checksum, checksum]);
      await send(session, ledger.reverted(migration(second, "a_b", checksum), migration(first)));
      expect(versionsOf(await ledger.read(session))).toEqual([first]);
      // And forth again.
      await send(session, ledger.applied(migration(second, "a_b", checksum)));
      expect(versionsOf(await ledger.read(session))).toEqual([first, second]);
    });
  });

  test("sql-migrate's, which has the names of the files", async () => {
    await on(async (session) => {
      const { ledger } = await open(session, { layout: "sql-migrate" });
      await send(session, ledger.create());
      for (const version of ["2", "1"]) await send(session, ledger.applied(migration(version)));
      expect((await session.query("SELECT id FROM gorp_migrations ORDER BY applied_at")).rows).toEqual([
        { id: "2_x.sql" },
        { id: "1_x.sql" },
      ]);
      expect(versionsOf(await ledger.read(session))).toEqual(["2_x", "1_x"]);
      await send(session, ledger.reverted(migration("2"), null));
      expect(versionsOf(await ledger.read(session))).toEqual(["1_x"]);
    });
  });

  test("golang-migrate's, which has the newest version only", async () => {
    await on(async (session) => {
      const { ledger } = await open(session, { layout: "golang-migrate" });
      await send(session, ledger.create());
      expect(await ledger.read(session)).toEqual({ exists: true, applied: [], upTo: null, dirty: null });
      await send(session, ledger.started(migration("000007")));
      expect(await ledger.read(session)).toMatchObject({ upTo: "7", dirty: "7" });
      await send(session, ledger.applied(migration("000007")));
      expect(await ledger.read(session)).toMatchObject({ upTo: "7", dirty: null });
      await send(session, ledger.applied(migration("18446744073709")));
      expect(await ledger.read(session)).toMatchObject({ upTo: "18446744073709", dirty: null });
      await send(session, ledger.reverted(migration("18446744073709"), migration("000007")));
      expect(await ledger.read(session)).toMatchObject({ upTo: "7" });
      await send(session, ledger.reverted(migration("000007"), null));
      expect(await ledger.read(session)).toEqual({ exists: true, applied: [], upTo: null, dirty: null });
    });
  });

  test("whatever search path a file leaves behind", async () => {
    await on(async (session) => {
      for (const layout of ["golang-migrate", "dbmate", "flyway", "sql-migrate", "plain"] as const) {
        await session.query("DROP TABLE IF EXISTS schema_migrations");
        const { ledger } = await open(session, { layout });
        await send(session, ledger.create());
        await session.query("SELECT set_config('search_path', '', false)");
        await send(session, [...ledger.started(migration("1")), ...ledger.applied(migration("1"))]);
        await session.query("RESET search_path");
        expect((await ledger.read(session)).applied).toHaveLength(1);
      }
    });
  });
});

describe("Flyway's history is as Flyway writes and reads it", () => {
  // The definition of the table and what is in its rows: PostgreSQLDatabase.getRawCreateScript, JdbcTableSchemaHistory.
  test("the table", async () => {
    const { columns, constraints } = await on(async (session) => {
      const { ledger } = await open(session, { layout: "flyway" });
      await send(session, ledger.create());
      const found = await session.query(
        `SELECT column_name || ' ' || udt_name || COALESCE('(' || character_maximum_length || ')', '') || CASE is_nullable WHEN 'NO' THEN ' not null' ELSE '' END
           || COALESCE(' ' || column_default, '') AS line
         FROM information_schema.columns WHERE table_name = 'flyway_schema_history' ORDER BY ordinal_position`,
      );
      const indexes = await session.query(
        "SELECT indexdef AS line FROM pg_indexes WHERE tablename = 'flyway_schema_history' ORDER BY 1",
      );
      return { columns: found.rows.map(({ line }) => line), constraints: indexes.rows.map(({ line }) => line) };
    });
    expect(columns).toEqual([
      "installed_rank int4 not null",
      "version varchar(50)",
      "description varchar(200) not null",
      "type varchar(20) not null",
      "script varchar(1000) not null",
      "checksum int4",
      "installed_by varchar(100) not null",
      "installed_on timestamp not null now()",
      "execution_time int4 not null",
      "success bool not null",
    ]);
    expect(constraints).toEqual([
      "CREATE INDEX flyway_schema_history_s_idx ON public.flyway_schema_history USING btree (success)",
      "CREATE UNIQUE INDEX flyway_schema_history_pk ON public.flyway_schema_history USING btree (installed_rank)",
    ]);
  });

  test("its rows: ranks go on, names have spaces, a way back is a row of type DELETE", async () => {
    const rows = await on(async (session) => {
      const { ledger } = await open(session, { layout: "flyway" });
      await send(session, ledger.create());
      const first = { ...migration("1.10", "Create_the_table", "-5"), script: "sub/V1_10__Create_the_table.sql" };
      await send(session, ledger.applied(first));
      await send(
        session,
        ledger.applied({ ...migration("R__all_views", "all_views", "7"), script: "R__all_views.sql" }),
      );
      await send(session, ledger.reverted(first, null));
      expect(versionsOf(await ledger.read(session))).toEqual(["R__all_views"]);
      const found = await session.query(
        "SELECT installed_rank, version, description, type, script, checksum, execution_time, success FROM flyway_schema_history ORDER BY 1",
      );
      return found.rows.map((row) => Object.values(row));
    });
    expect(rows).toEqual([
      [1, "1.10", "Create the table", "SQL", "sub/V1_10__Create_the_table.sql", -5, 12, true],
      [2, null, "all views", "SQL", "R__all_views.sql", 7, 12, true],
      [3, "1.10", "Create the table", "DELETE", "sub/V1_10__Create_the_table.sql", -5, 0, true],
    ]);
  });

  const table =
    "CREATE TABLE flyway_schema_history (installed_rank int, version text, description text, type text, script text, checksum int, installed_by text, installed_on timestamp DEFAULT now(), execution_time int, success bool)";
  const row = (rank: number, version: string | null, type: string, success = true) =>
    `INSERT INTO flyway_schema_history VALUES (${rank}, ${version === null ? "NULL" : `'${version}'`}, 'd', '${type}', 's', NULL, 'u', now(), 0, ${success})`;

  test.each<[string, string[], Partial<LedgerState>]>([
    ["a baseline covers what is before it", [row(1, "3", "BASELINE"), row(2, "4", "SQL")], { upTo: "3" }],
    ["a failed migration is open", [row(1, "3", "SQL"), row(2, "4", "SQL", false)], { dirty: "4" }],
    ["until it is repaired or runs again", [row(1, "4", "SQL", false), row(2, "4", "SQL")], { dirty: null }],
    ["the marker of a schema is no version", [row(0, null, "SCHEMA"), row(1, "1", "JDBC")], { dirty: null }],
  ])("%s", async (_what, rows, expected) => {
    expect(await stateAfter([table, ...rows].join("; "), { layout: "flyway" })).toMatchObject(expected);
  });

  test.each([
    ["SELECT 1;\nSELECT 2;\n", "SELECT 1;SELECT 2;"],
    ["\ufeffSELECT 1;\r\nSELECT 2;", "SELECT 1;SELECT 2;"],
    ["SELECT 1;\r\rSELECT '한글 🙂';", "SELECT 1;SELECT '한글 🙂';"],
    ["", ""],
  ])("the checksum of %j is the CRC-32 of its lines, as a signed number", (text, lines) => {
    expect(flywayChecksum(new TextEncoder().encode(text))).toBe(String(crc32(lines) | 0));
  });

  test("the checksum of the standard's own example", () => {
    // CRC-32 of "123456789" is 0xcbf43926.
    expect(flywayChecksum(new TextEncoder().encode("123\n456\r\n789"))).toBe(String(0xcbf43926 | 0));
  });
});

describe("the ledgers of other tools are read", () => {
  test.each<[string, Chosen, string, Partial<LedgerState>]>([
    [
      "goose: its last word on each version counts, and version 0 is no migration",
      { layout: "goose" },
      `CREATE TABLE goose_db_version (id int PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY, version_id bigint NOT NULL, is_applied boolean NOT NULL, tstamp timestamp NOT NULL DEFAULT now());
       INSERT INTO goose_db_version (version_id, is_applied) VALUES (0, true), (1, true), (2, true), (1, false), (3, true), (3, false), (3, true)`,
      { upTo: null, dirty: null },
    ],
    [
      "sqlx: a failed one is open",
      { layout: "sqlx" },
      `CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL, installed_on TIMESTAMPTZ NOT NULL DEFAULT now(), success BOOLEAN NOT NULL, checksum BYTEA NOT NULL, execution_time BIGINT NOT NULL);
       INSERT INTO _sqlx_migrations VALUES (2, 'b', now(), true, '\\x0aff', 1), (3, 'c', now(), true, '\\x01', 1), (4, 'd', now(), false, '\\x02', -1)`,
      { dirty: "4" },
    ],
    [
      "diesel",
      { layout: "diesel" },
      `CREATE TABLE __diesel_schema_migrations (version VARCHAR(50) PRIMARY KEY NOT NULL, run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP);
       INSERT INTO __diesel_schema_migrations VALUES ('2', '2026-01-01'), ('3', '2026-01-02')`,
      {},
    ],
    [
      "Prisma: what was rolled back is not applied, what is not finished is open",
      { layout: "prisma" },
      `CREATE TABLE _prisma_migrations (id varchar(36) PRIMARY KEY, checksum varchar(64) NOT NULL, finished_at timestamptz, migration_name varchar(255) NOT NULL, logs text, rolled_back_at timestamptz, started_at timestamptz NOT NULL DEFAULT now(), applied_steps_count int NOT NULL DEFAULT 0);
       INSERT INTO _prisma_migrations VALUES ('a', 'c', now(), '2_init', NULL, NULL, '2026-01-01', 1), ('b', 'c', NULL, '3_more', 'x', now(), '2026-01-02', 0),
         ('c', 'c', now(), '3_more', NULL, NULL, '2026-01-03', 1), ('d', 'c', NULL, '4_last', NULL, NULL, '2026-01-04', 0)`,
      { dirty: "4_last" },
    ],
    [
      "Supabase",
      { layout: "supabase" },
      `CREATE SCHEMA supabase_migrations; CREATE TABLE supabase_migrations.schema_migrations (version text NOT NULL PRIMARY KEY, statements text[], name text);
       INSERT INTO supabase_migrations.schema_migrations VALUES ('2'), ('3')`,
      {},
    ],
    [
      "Rails, by the config",
      { layout: "plain", config: { tool: "rails" } },
      "CREATE TABLE schema_migrations (version character varying NOT NULL PRIMARY KEY); INSERT INTO schema_migrations VALUES ('2'), ('3')",
      {},
    ],
    [
      "Alembic, by the config",
      { layout: "plain", config: { tool: "alembic" } },
      "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL); INSERT INTO alembic_version VALUES ('2'), ('3')",
      {},
    ],
  ])("%s", async (_what, chosen, sql, expected) => {
    const state = await stateAfter(sql, chosen);
    expect(state).toMatchObject({ exists: true, ...expected });
    expect(versionsOf(state)).toEqual(["2", "3"]);
  });
});

describe("which table is the ledger", () => {
  const dbmate = "(version varchar(255) primary key)";

  test("the one in the first schema of the search path", async () => {
    await on(async (session) => {
      await session.query(
        `CREATE SCHEMA app; CREATE TABLE app.schema_migrations ${dbmate}; CREATE TABLE schema_migrations ${dbmate}; SET search_path = app, public`,
      );
      expect((await open(session, { layout: "dbmate" })).ledger.table).toBe("app.schema_migrations");
    });
  });

  test("one in another schema is named and not taken", async () => {
    await on(async (session) => {
      await session.query(
        `CREATE SCHEMA app; CREATE TABLE app.schema_migrations ${dbmate};
         CREATE SCHEMA auth; CREATE TABLE auth.schema_migrations (version bigint, inserted_at timestamp)`,
      );
      const { exists, elsewhere, ledger } = await open(session, { layout: "dbmate" });
      expect([exists, ledger.table, elsewhere]).toEqual([false, "public.schema_migrations", ["app.schema_migrations"]]);
      const configured = await open(session, { layout: "dbmate", config: { table: "app.schema_migrations" } });
      expect([configured.exists, configured.ledger.table]).toEqual([true, "app.schema_migrations"]);
    });
  });

  test("the config's name is taken as it is written, quotes or not", async () => {
    await on(async (session) => {
      const { ledger } = await open(session, { layout: "plain", config: { table: 'My "App".the ledger' } });
      await send(session, ledger.create());
      await send(session, ledger.applied(migration("1")));
      const { rows } = await session.query('SELECT version FROM "My ""App"""."the ledger"');
      expect(rows).toEqual([{ version: "1" }]);
    });
  });

  test.each<[string, Layout, string, string]>([
    [
      "golang-migrate's where dbmate's is expected",
      "dbmate",
      "(version bigint primary key, dirty boolean)",
      "ledger-unknown",
    ],
    ["dbmate's where golang-migrate's is expected", "golang-migrate", dbmate, "ledger-unknown"],
    ["one from a version that writes more", "dbmate", "(version text primary key, batch int NOT NULL)", "ledger-newer"],
  ])("refuses %s", async (_what, layout, columns, code) => {
    await on(async (session) => {
      await session.query(`CREATE TABLE schema_migrations ${columns}`);
      const refused = await open(session, { layout }).catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(UserError);
      expect(refused).toMatchObject({ code });
    });
  });

  test("a tool that is only read has Lockkeeper's own beside it, where Lockkeeper applies: both count", async () => {
    await on(async (session) => {
      await session.query(
        "CREATE TABLE pgmigrations (id serial, name varchar(255) NOT NULL, run_on timestamp NOT NULL); INSERT INTO pgmigrations (name, run_on) VALUES ('1_one', now())",
      );
      const read = await open(session, { layout: "node-pg-migrate" });
      expect([read.ledger.writable, read.besides]).toEqual([false, null]);
      expect(noWrites(read.ledger)).toEqual([]);
      const both = await open(session, { layout: "node-pg-migrate", appliedBy: "lockkeeper" });
      expect([both.ledger.table, both.besides?.table]).toEqual(["lockkeeper.ledger", "public.pgmigrations"]);
      await send(session, both.ledger.create());
      await send(session, both.ledger.applied(migration("2")));
      expect(versionsOf(await readLedger(session, both))).toEqual(["1", "2"]);
    });
  });
});

/** What a ledger that is only read would write. */
function noWrites(ledger: Ledger): readonly LedgerWrite[] {
  const one = migration("1");
  return [...ledger.create(), ...ledger.applied(one), ...ledger.reverted(one, null), ...ledger.started(one)];
}
