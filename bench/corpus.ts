import { mkdirSync, writeFileSync } from "node:fs";

/** Writes a chain of golang-migrate files, the same bytes each time: half of the files are up scripts, half their down scripts. */
export function writeCorpus(directory: string, files: number): void {
  mkdirSync(directory, { recursive: true });
  for (let i = 1; i <= files / 2; i++) {
    const version = String(i).padStart(6, "0");
    const { up, down } = migration(i);
    writeFileSync(`${directory}/${version}_change_${i}.up.sql`, up);
    writeFileSync(`${directory}/${version}_change_${i}.down.sql`, down);
  }
}

/** What real chains are made of, in turns: new tables, columns, indexes, constraints, types, data, functions. */
function migration(i: number): { up: string; down: string } {
  const table = `orders_${i - ((i - 1) % 8)}`;
  switch ((i - 1) % 8) {
    case 0:
      return {
        up: `BEGIN;\n\nCREATE TABLE ${table} (\n    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,\n    customer_id BIGINT NOT NULL,\n    status VARCHAR(20) NOT NULL DEFAULT 'draft',\n    total NUMERIC(18, 2) NOT NULL DEFAULT 0 CHECK (total >= 0),\n    note TEXT,\n    created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,\n    CONSTRAINT ${table}_unique UNIQUE (customer_id, created_at)\n);\n\nCREATE INDEX idx_${table}_status ON ${table} (status) WHERE status <> 'done';\nCOMMENT ON TABLE ${table} IS 'orders, part ${i}';\n\nCOMMIT;\n`,
        down: `DROP TABLE IF EXISTS ${table};\n`,
      };
    case 1:
      return {
        up: `ALTER TABLE ${table}\n    ADD COLUMN reference_no VARCHAR(50),\n    ADD COLUMN reference_type VARCHAR(20) DEFAULT 'invoice';\n`,
        down: `ALTER TABLE ${table}\n    DROP COLUMN reference_no,\n    DROP COLUMN reference_type;\n`,
      };
    case 2:
      return {
        up: `CREATE INDEX CONCURRENTLY idx_${table}_reference ON ${table} (reference_type, reference_no);\n`,
        down: `DROP INDEX CONCURRENTLY idx_${table}_reference;\n`,
      };
    case 3:
      return {
        up: `-- 상태를 길게\nALTER TABLE ${table} ALTER COLUMN status TYPE VARCHAR(40);\nALTER TABLE ${table} ADD CONSTRAINT ${table}_status_known CHECK (status IN ('draft', 'open', 'done')) NOT VALID;\n`,
        down: `ALTER TABLE ${table} DROP CONSTRAINT ${table}_status_known;\n`,
      };
    case 4:
      return {
        up: `ALTER TABLE ${table} VALIDATE CONSTRAINT ${table}_status_known;\nUPDATE ${table} SET note = '' WHERE note IS NULL;\n`,
        down: `SELECT 1;\n`,
      };
    case 5:
      return {
        up: `CREATE OR REPLACE FUNCTION touch_${table}() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n    NEW.created_at := now();\n    RETURN NEW;\nEND;\n$$;\nCREATE TRIGGER touch BEFORE UPDATE ON ${table} FOR EACH ROW EXECUTE FUNCTION touch_${table}();\n`,
        down: `DROP TRIGGER touch ON ${table};\nDROP FUNCTION touch_${table}();\n`,
      };
    case 6:
      return {
        up: `INSERT INTO ${table} (customer_id, status) VALUES (1, 'draft'), (2, 'open'), (3, 'done');\nGRANT SELECT ON ${table} TO PUBLIC;\n`,
        down: `DELETE FROM ${table} WHERE customer_id IN (1, 2, 3);\n`,
      };
    default:
      return {
        up: `CREATE INDEX idx_${table}_note ON ${table} USING gin (to_tsvector('simple', note));\nALTER TABLE ${table} DROP COLUMN reference_no;\n`,
        down: `DROP INDEX idx_${table}_note;\nALTER TABLE ${table} ADD COLUMN reference_no VARCHAR(50);\n`,
      };
  }
}
