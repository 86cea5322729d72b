import type { MutableCatalog } from "../facts/catalog.ts";
import type { SetState } from "../facts/session.ts";
import type { Migration } from "../migrations/migration.ts";
import { decode } from "../sql/decode.ts";
import { key, relation } from "../sql/names.ts";
import { type FileContext, judgeFor } from "./judge-file.ts";

/** The table as Alembic makes it. */
const ledgerTable = "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);\n";
const version = "'[0-9A-Za-z_.-]+'";
const where = `WHERE alembic_version\\.version_num = ${version}`;
const moves = new RegExp(
  [
    `^UPDATE alembic_version SET version_num=${version} ${where};$`,
    `^DELETE FROM alembic_version ${where};$`,
    `^INSERT INTO alembic_version \\(version_num\\) VALUES \\(${version}\\)(?: RETURNING alembic_version\\.version_num)?;$`,
  ].join("|"),
  "gm",
);

/**
 * Whether all that is done to Alembic's ledger is what Alembic itself does after each migration: its one row is no data of the project, and
 * would ask for approval of every migration. Whatever else names that table is judged as that of any other.
 */
function onlyMovesLedger(sql: string, direction: "up" | "down"): boolean {
  const rest = sql.replaceAll(moves, "");
  // What it prints of the way back to before the first drops the table, which running it does not.
  const left = direction === "down" ? rest.replace(/^DROP TABLE alembic_version;$/m, "") : rest;
  return sql.search(moves) >= 0 && !/alembic_version/i.test(left);
}

/**
 * Where a script does to Alembic's ledger what Alembic does and nothing else, takes the table for one that this set has made: nobody else
 * has rows in it, or waits for it. Whether it did.
 */
export async function overlookLedger(
  on: {
    readonly migration: Migration;
    readonly path: string;
    readonly direction: "up" | "down";
    readonly catalog: MutableCatalog;
    readonly set: SetState;
  },
  context: FileContext,
): Promise<boolean> {
  const { migration, path, direction, catalog, set } = on;
  const content = context.workspace.read(path);
  const decoded = content.kind === "bytes" ? decode(content.bytes) : null;
  if (decoded?.kind !== "text" || !onlyMovesLedger(decoded.text, direction)) return false;
  const isExact = catalog.exact;
  catalog.byName.delete(key(relation(null, "alembic_version")));
  const ledger = `${path}.ledger`;
  const workspace = {
    ...context.workspace,
    read: (asked: string) =>
      asked === ledger
        ? ({ kind: "bytes", bytes: new TextEncoder().encode(ledgerTable) } as const)
        : context.workspace.read(asked),
  };
  const judge = judgeFor({ layout: "plain", problems: [] }, "tool", { ...context, workspace });
  await judge({ migration, path: ledger, direction: "up", catalog, set, how: "remembered" });
  catalog.exact = isExact;
  return true;
}
