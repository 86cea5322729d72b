import acceptedFinding from "./accepted-finding.ts";
import byteOrderMark from "./byte-order-mark.ts";
import cannotRunInTransaction from "./cannot-run-in-transaction.ts";
import changeColumnType from "./change-column-type.ts";
import constraintNotValid from "./constraint-not-valid.ts";
import createIndexConcurrently from "./create-index-concurrently.ts";
import dropColumn from "./drop-column.ts";
import dropObject from "./drop-object.ts";
import dropTable from "./drop-table.ts";
import duplicateVersion from "./duplicate-version.ts";
import failsWhenRun from "./fails-when-run.ts";
import invalidDirective from "./invalid-directive.ts";
import missingDown from "./missing-down.ts";
import missingUp from "./missing-up.ts";
import opaqueStatement from "./opaque-statement.ts";
import psqlCommand from "./psql-command.ts";
import type { Rule } from "./rule.ts";
import setNotNull from "./set-not-null.ts";
import syntaxError from "./syntax-error.ts";
import truncateTable from "./truncate-table.ts";
import unbatchedWrite from "./unbatched-write.ts";
import unreadableFile from "./unreadable-file.ts";
import unrecognisedFile from "./unrecognised-file.ts";
import unusedAllowance from "./unused-allowance.ts";
import volatileDefault from "./volatile-default.ts";

/** Every rule, by its id. */
export const rules: readonly Rule[] = [
  acceptedFinding,
  byteOrderMark,
  cannotRunInTransaction,
  changeColumnType,
  constraintNotValid,
  createIndexConcurrently,
  dropColumn,
  dropObject,
  dropTable,
  duplicateVersion,
  failsWhenRun,
  invalidDirective,
  missingDown,
  missingUp,
  opaqueStatement,
  psqlCommand,
  setNotNull,
  syntaxError,
  truncateTable,
  unbatchedWrite,
  unreadableFile,
  unrecognisedFile,
  unusedAllowance,
  volatileDefault,
];
