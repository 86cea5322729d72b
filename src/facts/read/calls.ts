import type { Relation } from "../../sql/names.ts";

/** PostgreSQL's own functions that change something although they stand in a SELECT; every other volatile one of its own is harmless here. */
export const sequenceSetters: ReadonlySet<string> = new Set(["setval", "nextval"]);
const sessionFunctions: ReadonlySet<string> = new Set([
  ..."clock_timestamp random random_normal setseed timeofday gen_random_uuid uuidv4 uuidv7 currval lastval pg_sleep pg_sleep_for".split(
    " ",
  ),
  ..."pg_sleep_until txid_current pg_current_xact_id set_config pg_advisory_lock pg_advisory_xact_lock pg_advisory_unlock".split(
    " ",
  ),
  ..."pg_advisory_unlock_all pg_try_advisory_lock pg_try_advisory_xact_lock pg_notify pg_backend_pid pg_relation_size".split(
    " ",
  ),
  ..."pg_total_relation_size pg_table_size pg_indexes_size pg_database_size pg_size_pretty pg_is_in_recovery count sum".split(
    " ",
  ),
  ..."pg_get_serial_sequence pg_stat_get_activity pg_blocking_pids pg_lock_status pg_stat_file pg_ls_dir version".split(
    " ",
  ),
]);

/** Whether a function of PostgreSQL's own that is volatile changes nothing that matters to a migration. */
export function isHarmless({ schema, name }: Relation): boolean {
  const isOwn = schema === null || schema === "pg_catalog";
  return isOwn && (sessionFunctions.has(name) || sequenceSetters.has(name));
}
