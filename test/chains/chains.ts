import { expected as aicli } from "../fixtures/chains/aicli/expected.ts";
import { expected as aicliOnlineSchemaChange } from "../fixtures/chains/aicli-online-schema-change/expected.ts";
import { expected as cleanArchitecture } from "../fixtures/chains/clean-architecture/expected.ts";
import { expected as kerp } from "../fixtures/chains/kerp/expected.ts";
import { expected as kerpLargeTable } from "../fixtures/chains/kerp-large-table/expected.ts";
import { expected as kerpRecovery } from "../fixtures/chains/kerp-recovery/expected.ts";
import { expected as kerpRenameColumn } from "../fixtures/chains/kerp-rename-column/expected.ts";
import { expected as kerpSplitTable } from "../fixtures/chains/kerp-split-table/expected.ts";
import { expected as metrics } from "../fixtures/chains/metrics/expected.ts";
import { expected as queries } from "../fixtures/chains/queries/expected.ts";
import { expected as safeChanges } from "../fixtures/chains/safe-changes/expected.ts";
import { expected as safeChangesApart } from "../fixtures/chains/safe-changes-apart/expected.ts";
import { expected as templated } from "../fixtures/chains/templated/expected.ts";
import type { ExpectedChain } from "./expectation.ts";
import { expected as sample } from "./sample.ts";

/** A chain of migrations with what is known of it. */
export interface Chain {
  readonly name: string;
  /** Holds the scripts and nothing else. */
  readonly migrations: URL;
  /** Holds the repaired twins of scripts that PostgreSQL can never run, under the same names; may be missing. */
  readonly fixed: URL;
  readonly expected: ExpectedChain;
}

/** Where the chains of the operating guides are. */
export const chainsDirectory: URL = new URL("../fixtures/chains/", import.meta.url);

/** The migrations that the README checks. */
export const sampleChain: Chain = {
  name: "sample",
  migrations: new URL("../../migrations/", import.meta.url),
  fixed: new URL("sample/fixed/", chainsDirectory),
  expected: sample,
};

/** Every chain, the sample first. */
export const chains: readonly Chain[] = [
  sampleChain,
  ...Object.entries({
    aicli,
    "aicli-online-schema-change": aicliOnlineSchemaChange,
    "clean-architecture": cleanArchitecture,
    kerp,
    "kerp-large-table": kerpLargeTable,
    "kerp-recovery": kerpRecovery,
    "kerp-rename-column": kerpRenameColumn,
    "kerp-split-table": kerpSplitTable,
    metrics,
    queries,
    "safe-changes": safeChanges,
    "safe-changes-apart": safeChangesApart,
    templated,
  }).map(([name, expected]) => ({
    name,
    expected,
    migrations: new URL(`${name}/migrations/`, chainsDirectory),
    fixed: new URL(`${name}/fixed/`, chainsDirectory),
  })),
];
