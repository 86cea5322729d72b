import acceptedFinding from "./accepted-finding.ts";
import byteOrderMark from "./byte-order-mark.ts";
import cannotRunInTransaction from "./cannot-run-in-transaction.ts";
import changeColumnType from "./change-column-type.ts";
import commitInToolTransaction from "./commit-in-tool-transaction.ts";
import constraintNotValid from "./constraint-not-valid.ts";
import createIndexConcurrently from "./create-index-concurrently.ts";
import deletedMigration from "./deleted-migration.ts";
import dropColumn from "./drop-column.ts";
import dropIndexConcurrently from "./drop-index-concurrently.ts";
import dropNeededObject from "./drop-needed-object.ts";
import dropObject from "./drop-object.ts";
import dropTable from "./drop-table.ts";
import duplicateVersion from "./duplicate-version.ts";
import editedMigration from "./edited-migration.ts";
import failsWhenRun from "./fails-when-run.ts";
import hiddenByIfNotExists from "./hidden-by-if-not-exists.ts";
import implicitCommit from "./implicit-commit.ts";
import incompleteDown from "./incomplete-down.ts";
import invalidDirective from "./invalid-directive.ts";
import lockHeldDuringWork from "./lock-held-during-work.ts";
import lockTable from "./lock-table.ts";
import loopInOneTransaction from "./loop-in-one-transaction.ts";
import missingDown from "./missing-down.ts";
import missingLockTimeout from "./missing-lock-timeout.ts";
import missingUp from "./missing-up.ts";
import nestedTransaction from "./nested-transaction.ts";
import newEnumValue from "./new-enum-value.ts";
import opaqueStatement from "./opaque-statement.ts";
import outOfOrderVersion from "./out-of-order-version.ts";
import overreachingDown from "./overreaching-down.ts";
import psqlCommand from "./psql-command.ts";
import reindexConcurrently from "./reindex-concurrently.ts";
import renameObject from "./rename-object.ts";
import renamedMigration from "./renamed-migration.ts";
import requiredColumn from "./required-column.ts";
import rewriteTable from "./rewrite-table.ts";
import type { Rule } from "./rule.ts";
import serialColumn from "./serial-column.ts";
import setNotNull from "./set-not-null.ts";
import storedGeneratedColumn from "./stored-generated-column.ts";
import syntaxError from "./syntax-error.ts";
import truncateTable from "./truncate-table.ts";
import unbatchedInsert from "./unbatched-insert.ts";
import unbatchedWrite from "./unbatched-write.ts";
import unclosedTransaction from "./unclosed-transaction.ts";
import uniqueUsingIndex from "./unique-using-index.ts";
import unreadableFile from "./unreadable-file.ts";
import unrecognisedFile from "./unrecognised-file.ts";
import unusedAllowance from "./unused-allowance.ts";
import validateInSameTransaction from "./validate-in-same-transaction.ts";
import volatileDefault from "./volatile-default.ts";
import wideGrant from "./wide-grant.ts";

/** Every rule, by its id. */
export const rules: readonly Rule[] = [
  acceptedFinding,
  byteOrderMark,
  cannotRunInTransaction,
  changeColumnType,
  commitInToolTransaction,
  constraintNotValid,
  createIndexConcurrently,
  deletedMigration,
  dropColumn,
  dropIndexConcurrently,
  dropNeededObject,
  dropObject,
  dropTable,
  duplicateVersion,
  editedMigration,
  failsWhenRun,
  hiddenByIfNotExists,
  implicitCommit,
  incompleteDown,
  invalidDirective,
  lockHeldDuringWork,
  lockTable,
  loopInOneTransaction,
  missingDown,
  missingLockTimeout,
  missingUp,
  nestedTransaction,
  newEnumValue,
  opaqueStatement,
  outOfOrderVersion,
  overreachingDown,
  psqlCommand,
  reindexConcurrently,
  renameObject,
  renamedMigration,
  requiredColumn,
  rewriteTable,
  serialColumn,
  setNotNull,
  storedGeneratedColumn,
  syntaxError,
  truncateTable,
  unbatchedInsert,
  unbatchedWrite,
  unclosedTransaction,
  uniqueUsingIndex,
  unreadableFile,
  unrecognisedFile,
  unusedAllowance,
  validateInSameTransaction,
  volatileDefault,
  wideGrant,
];
