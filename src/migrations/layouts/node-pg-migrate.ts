import { between, byNumber, common, type Layout, numbered } from "./layout.ts";

const up = /^[ \t]*--[ \t-]*up[ \t]+migration.*$/im;
const down = /^[ \t]*--[ \t-]*down[ \t]+migration.*$/im;

/** 17 digits are a time in UTC, which counts as its milliseconds (getNumericPrefix in src/utils/fileNameUtils.ts). */
function inTime(version: string): bigint {
  const [, date, hours, minutes, seconds, rest] = /^(\d{8})(\d\d)(\d\d)(\d\d)(\d{3})$/.exec(version) ?? [];
  if (date === undefined) return byNumber(version);
  const day = `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}`;
  const time = Date.parse(`${day}T${hours}:${minutes}:${seconds}.${rest}Z`);
  return Number.isNaN(time) ? byNumber(version) : BigInt(time);
}

/** 1767225600000_create_users.sql with -- Up Migration and -- Down Migration; all that is pending in one transaction (node-pg-migrate, sqlMigration). */
export const nodePgMigrate: Layout = {
  ...common,
  id: "node-pg-migrate",
  tool: "node-pg-migrate",
  example: "1767225600000_create-users.sql",
  read: (name) => numbered(name, /^(\d+)(.*)\.sql$/is),
  isMine: (_directory, text) => up.test(text),
  order: inTime,
  knowsNames: true,
  parts(text) {
    const found = between(text, { up, down }, () => false);
    // Without the line that begins it, the whole file is the way up (getActions in src/sqlMigration.ts).
    return { ...found, up: found.up ?? { start: 0, end: text.length } };
  },
  hasDowns: true,
  runs: "wrapped",
};
