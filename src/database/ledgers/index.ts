import type { AppliedBy, Layout, LedgerConfig, LedgerId } from "../../config/config.ts";
import type { Session } from "../session.ts";
import { dbmate } from "./dbmate.ts";
import type { Definition } from "./definition.ts";
import { flyway } from "./flyway.ts";
import { golangMigrate } from "./golang-migrate.ts";
import type { Ledger, LedgerState } from "./ledger.ts";
import { lockkeeper } from "./lockkeeper.ts";
import { customLedger, readOnlyLedgers } from "./others.ts";
import { sqlMigrate } from "./sql-migrate.ts";
import { findTable, type TableName, tableInWords } from "./table.ts";

const definitions: readonly Definition[] = [golangMigrate, dbmate, flyway, sqlMigrate, lockkeeper, ...readOnlyLedgers];

/** Which ledger a directory has. */
export interface LedgerChoice {
  readonly layout: Layout;
  readonly appliedBy: AppliedBy;
  readonly config: LedgerConfig;
}

/** The ledger of a directory. */
export interface OpenLedger {
  /** The one that counts, and that is written where it may be. */
  readonly ledger: Ledger;
  /** The tool's own beside it, where that is only read and Lockkeeper applies: what either has recorded is applied. Null: none. */
  readonly besides: Ledger | null;
  /** Whether the one that counts is there. */
  readonly exists: boolean;
  /** Tables like it in other schemas. */
  readonly elsewhere: readonly string[];
}

/** Finds the ledger by the config, or by the layout. Throws UserError where what has its name is no ledger of its tool. */
export async function openLedger(session: Session, choice: LedgerChoice): Promise<OpenLedger> {
  const id = toolOf(choice);
  const definition = definitionOf(id, choice.config);
  const configured = tableOf(choice.config);
  const found = await findTable(session, definition.shape, configured);
  const own = definition.at(found.table);
  const elsewhere = found.elsewhere.map(tableInWords);
  if (own.writable || choice.appliedBy === "tool") {
    return { ledger: own, besides: null, exists: found.exists, elsewhere };
  }
  const ours = await findTable(session, lockkeeper.shape, null);
  return {
    ledger: lockkeeper.at(ours.table),
    besides: own,
    exists: ours.exists,
    elsewhere,
  };
}

/** What is recorded, in the ledger and in the one beside it. */
export async function readLedger(session: Session, { ledger, besides }: OpenLedger): Promise<LedgerState> {
  const own = await ledger.read(session);
  if (besides === null) return own;
  const other = await besides.read(session);
  return {
    exists: own.exists || other.exists,
    // Checksums of two kinds cannot be told apart: the journal has what Lockkeeper needs.
    applied: [...other.applied, ...own.applied].map((each) => ({ ...each, checksum: null })),
    upTo: other.upTo,
    dirty: own.dirty ?? other.dirty,
  };
}

/** The tool whose ledger it is. */
export function toolOf({ layout, config }: Pick<LedgerChoice, "layout" | "config">): LedgerId {
  return config.tool ?? (layout === "plain" ? "lockkeeper" : layout);
}

function definitionOf(id: LedgerId, { column }: LedgerConfig): Definition {
  if (id === "custom") return customLedger(column ?? "version");
  return definitions.find((each) => each.id === id) ?? lockkeeper;
}

function tableOf({ table }: LedgerConfig): TableName | null {
  if (table === null) return null;
  const dot = table.indexOf(".");
  return { schema: table.slice(0, dot), name: table.slice(dot + 1) };
}
