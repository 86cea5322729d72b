import type { Layout as LayoutId } from "../config/config.ts";
import type { NewFile } from "../ports.ts";
import { baseName, join } from "./discover.ts";
import type { Discovered, Migration } from "./migration.ts";

/** A migration that is to be. */
export interface Wanted {
  readonly version: string;
  /** As it stands in a file's name. */
  readonly name: string;
  /** The migrations that are there; what they have, the new one gets too. */
  readonly beside: Discovered | null;
}

/**
 * The files of a new migration as the layout's own tool lays them out, the up script first. Null where only the tool can: Drizzle
 * keeps a journal beside its files, and what is not in there is never applied.
 */
export function newFiles(layout: LayoutId, directory: string, wanted: Wanted): readonly NewFile[] | null {
  const { version, name, beside } = wanted;
  const newest = beside?.migrations.findLast(({ up }) => up !== null) ?? null;
  const at = (fileName: string, text: string): NewFile => ({ path: join(directory, fileName), text });
  const up = `-- ${name}\n`;
  const down = `-- undo ${name}\n`;
  switch (layout) {
    case "drizzle":
      return null;
    case "golang-migrate":
      return [at(`${version}_${name}.up.sql`, up), at(`${version}_${name}.down.sql`, down)];
    case "dbmate":
      return [at(`${version}_${name}.sql`, "-- migrate:up\n\n\n-- migrate:down\n\n")];
    case "goose":
      return [at(`${version}_${name}.sql`, "-- +goose Up\n\n\n-- +goose Down\n\n")];
    case "sql-migrate": {
      const separator = /^\d+([-_. ])/.exec(baseName(newest?.up ?? ""))?.[1] ?? "-";
      return [at(`${version}${separator}${name}.sql`, "-- +migrate Up\n\n\n-- +migrate Down\n\n")];
    }
    case "node-pg-migrate":
      return [at(`${version}_${name}.sql`, "-- Up Migration\n\n\n-- Down Migration\n\n")];
    case "supabase":
      return [at(`${version}_${name}.sql`, up)];
    case "prisma":
      return [at(`${version}_${name}/migration.sql`, up)];
    case "diesel":
      return [at(`${version}_${name}/up.sql`, up), at(`${version}_${name}/down.sql`, down)];
    case "flyway":
      return hasDowns(beside)
        ? [at(`V${version}__${name}.sql`, up), at(`U${version}__${name}.sql`, down)]
        : [at(`V${version}__${name}.sql`, up)];
    case "sqlx":
      // One directory has either kind, which the newest one shows.
      return newest !== null && !/\.up\.sql$/.test(newest.up ?? "")
        ? [at(`${version}_${name}.sql`, up)]
        : [at(`${version}_${name}.up.sql`, up), at(`${version}_${name}.down.sql`, down)];
    case "plain": {
      const form = plainForm(newest);
      const start = `${version}${form.separator}${name}`;
      return form.down === null
        ? [at(`${start}${form.up}.sql`, up)]
        : [at(`${start}${form.up}.sql`, up), at(`${start}${form.down}.sql`, down)];
    }
  }
}

function hasDowns(beside: Discovered | null): boolean {
  return beside?.migrations.some(({ down }) => down !== null) === true;
}

/** How a plain directory writes what stands around a name: 1-name.sql, 1_name.up.sql and 1_name.undo.sql. */
function plainForm(newest: Migration | null): Record<"separator" | "up", string> & { readonly down: string | null } {
  const [, separator = "_", suffix = ""] = /^\d+([_\-. ]).*?(\.up)?\.sql$/s.exec(baseName(newest?.up ?? "")) ?? [];
  return { separator, up: suffix, down: /\.(?:down|undo)(?=\.sql$)/.exec(newest?.down ?? "")?.[0] ?? null };
}
