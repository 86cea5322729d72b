import { DatabaseError } from "../database/errors.ts";
import { flag, type Row, text, textOrNull } from "../database/rows.ts";
import type { Session } from "../database/session.ts";
import type { Looked } from "../report/verification.ts";
import { quoteIdentifier } from "../sql/names.ts";
import { ask, askMany, inWords, startLooking } from "./looking.ts";

/** Sequences must be ahead of the columns that they fill: or the next insert gets a number that is there already. */
export async function checkSequences(session: Session, limits: { readonly timeoutMs: number }): Promise<Looked> {
  const looking = startLooking("sequences");
  const rows = await ask(session, limits, () => sequences(session));
  if (rows === null) looking.error("The sequences could not be looked at in time.");
  const states = await askMany(session, limits, { all: rows ?? [], query: stateOf });
  for (const row of rows ?? []) {
    looking.look();
    const [sequence, table, column] = [text(row, "sequence"), text(row, "table"), text(row, "column")];
    const at = { table, field: column };
    const increment = BigInt(text(row, "increment"));
    try {
      const alone = async (): Promise<Row> => (await session.query(stateOf(row))).rows[0] ?? {};
      const state = states.get(row) ?? (await ask(session, limits, alone));
      if (state === null) {
        looking.warning(`Whether ${sequence} is ahead of its column could not be looked at in time.`, at);
        continue;
      }
      const most = textOrNull(state, "most");
      if (most === null) continue;
      const last = BigInt(text(state, "last_value"));
      const next = flag(state, "is_called") ? last + increment : last;
      const behind = increment > 0n ? BigInt(most) >= next : BigInt(most) <= next;
      if (!behind) continue;
      looking.error(`The sequence ${sequence} gives ${next} next, and its column is at ${most} already.`, {
        ...at,
        hint: `SELECT setval('${sequence.replaceAll("'", "''")}', ${most});`,
      });
    } catch (thrown) {
      if (!(thrown instanceof DatabaseError) || thrown.lost) throw thrown;
      looking.warning(`Whether ${sequence} is ahead of its column could not be looked at: ${inWords(thrown)}`, at);
    }
  }
  return looking.result;
}

/** Where a sequence is, and how far the column that it fills has come. */
function stateOf(row: Row): string {
  const most = BigInt(text(row, "increment")) > 0n ? "max" : "min";
  return `SELECT (SELECT ${most}(${quoteIdentifier(text(row, "column"))})::text FROM ${text(row, "table")}) AS most,
     last_value::text AS last_value, is_called FROM ${text(row, "sequence")}`;
}

/** Sequences with the integer columns that they fill: as their identity, as theirs (serial), or as their default. */
async function sequences(session: Session) {
  const { rows } = await session.query(
    `SELECT DISTINCT pg_catalog.format('%I.%I', sn.nspname, s.relname) AS sequence,
            pg_catalog.format('%I.%I', n.nspname, c.relname) AS table, a.attname::text AS column,
            q.seqincrement::text AS increment
     FROM pg_catalog.pg_sequence q
     JOIN pg_catalog.pg_class s ON s.oid = q.seqrelid JOIN pg_catalog.pg_namespace sn ON sn.oid = s.relnamespace
     JOIN LATERAL (
       SELECT d.refobjid AS relation, d.refobjsubid AS number FROM pg_catalog.pg_depend d
       WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = s.oid AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0
       UNION
       SELECT f.adrelid, f.adnum FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_attrdef f ON f.oid = d.objid
       WHERE d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
         AND d.refobjid = s.oid
     ) filled ON true
     JOIN pg_catalog.pg_class c ON c.oid = filled.relation JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = filled.number AND NOT a.attisdropped
     WHERE NOT q.seqcycle AND a.atttypid IN ('int2'::pg_catalog.regtype, 'int4'::pg_catalog.regtype, 'int8'::pg_catalog.regtype)
       AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
     ORDER BY 1, 2, 3`,
  );
  return rows;
}
