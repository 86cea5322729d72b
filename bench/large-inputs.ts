/** Inputs that are larger than any migration should be, made of a size that is asked for. */

const table = "CREATE TABLE logs (a int, b text);\n";

/** A table, and a file of single INSERTs of so many bytes. */
export function inserts(bytes: number): Readonly<Record<string, string>> {
  const line = "INSERT INTO logs VALUES (1, '메모: some text of a usual length');\n";
  return { "001_logs.sql": table, "002_fill.sql": line.repeat(Math.ceil(bytes / Buffer.byteLength(line))) };
}

/** So many short INSERTs in one file. */
export function shortInserts(count: number): Readonly<Record<string, string>> {
  return { "001_logs.sql": table, "002_fill.sql": joined(count, (i) => `INSERT INTO logs VALUES (${i}, 'x');\n`) };
}

/** So many statements in one file, each second of which makes a table. */
export function tables(count: number): Readonly<Record<string, string>> {
  const each = (i: number) =>
    i % 2 === 0 ? `CREATE TABLE t${i} (id bigint);\n` : `ALTER TABLE t${i - 1} ADD COLUMN c int;\n`;
  return { "001_tables.sql": joined(count, each) };
}

/** So many statements in one transaction, each of which has something found about it. */
export function findings(count: number): Readonly<Record<string, string>> {
  const each = (i: number) => (i % 2 === 0 ? `UPDATE logs SET a = ${i};\n` : `DROP TABLE t${i};\n`);
  return { "001_logs.sql": table, "002_findings.sql": `BEGIN;\n${joined(count, each)}COMMIT;\n` };
}

/** So many short files, half of them the way back of the other half. */
export function files(count: number): Readonly<Record<string, string>> {
  const made: Record<string, string> = {};
  for (let i = 0; i < count / 2; i++) {
    const name = `${String(i + 1).padStart(6, "0")}_t`;
    made[`${name}.up.sql`] =
      `CREATE TABLE t${i} (id bigint);\nALTER TABLE t${Math.max(0, i - 1)} ADD COLUMN c${i} int;\n`;
    made[`${name}.down.sql`] = `DROP TABLE t${i};\n`;
  }
  return made;
}

/** Statements of so many terms, by what repeats in them. */
export function expressions(terms: number): ReadonlyMap<string, string> {
  const each = (write: (i: number) => string, between = "") => joined(terms, write, between);
  const nested = (open: string, core: string, close: string) => `${open.repeat(terms)}${core}${close.repeat(terms)}`;
  return new Map([
    ["OR", `UPDATE logs SET a = 1 WHERE ${each((i) => `a = ${i}`, " OR ")};`],
    ["AND in a CHECK", `ALTER TABLE logs ADD CHECK (${each((i) => `a <> ${i}`, " AND ")});`],
    ["sum", `UPDATE logs SET a = ${each(String, " + ")};`],
    ["concatenation", `UPDATE logs SET b = ${each((i) => `'x${i}'`, " || ")};`],
    ["IN", `DELETE FROM logs WHERE a IN (${each(String, ", ")});`],
    ["WHEN of one CASE", `UPDATE logs SET a = CASE ${each((i) => `WHEN a = ${i} THEN ${i + 1}`, " ")} END;`],
    ["CASE in CASE", `UPDATE logs SET a = ${nested("CASE WHEN a > 1 THEN 1 ELSE ", "1", " END")};`],
    ["parentheses", `DELETE FROM logs WHERE ${nested("(", "a = 1", ")")};`],
    ["parentheses that are never closed", `DELETE FROM logs WHERE ${"(".repeat(terms)}a = 1;`],
    ["calls in calls", `UPDATE logs SET a = ${nested("abs(", "a", ")")};`],
    ["queries in queries", `DELETE FROM logs WHERE a = ${nested("(SELECT ", "1", ")")};`],
    ["NOT", `DELETE FROM logs WHERE ${"NOT ".repeat(terms)}true;`],
    ["UNION", `INSERT INTO logs (a) ${each((i) => `SELECT ${i}`, " UNION ALL ")};`],
    ["IF in a DO block", `DO $$ BEGIN ${nested("IF true THEN ", "DELETE FROM logs;", " END IF;")} END $$;`],
    ["statements of a DO block", `DO $$ BEGIN ${each((i) => `UPDATE logs SET a = ${i};`, "\n")} END $$;`],
    ["subcommands", `ALTER TABLE logs ${each((i) => `DROP COLUMN c${i}`, ", ")};`],
    ["names", `DROP TABLE ${each((i) => `t${i}`, ", ")};`],
  ]);
}

/** Each of those statements in a migration of its own, behind the table that it is about. */
export function expressionFiles(sql: string): Readonly<Record<string, string>> {
  return { "001_logs.sql": table, "002_expression.sql": `${sql}\n` };
}

function joined(count: number, each: (i: number) => string, between = ""): string {
  return Array.from({ length: count }, (_, i) => each(i)).join(between);
}
