import type { Survey } from "../plan/survey.ts";
import type { Looked } from "../report/verification.ts";
import { list } from "../text.ts";
import { startLooking } from "./looking.ts";

/** Whether the ledgers are as the files have it; with complete, whether all that was asked for is applied. */
export function ledgerLooked(survey: Survey, { complete }: { readonly complete: boolean }): Looked {
  const looking = startLooking("ledger");
  for (const { ledger } of survey.directories) {
    looking.look();
    const { dirty } = ledger.state;
    const isTold = survey.problems.some(({ code }) => code === "unfinished-migration");
    if (dirty !== null && !isTold)
      looking.error(`${ledger.table} is dirty at version ${dirty}.`, { table: ledger.table });
  }
  for (const { code, directory, message, hint, allowed } of survey.problems) {
    // That Lockkeeper cannot write a ledger is nothing that is wrong with the database.
    if (code === "ledger-read-only") continue;
    const table = survey.directories.find((each) => each.directory === directory)?.ledger.table ?? null;
    if (allowed) looking.warning(message, { table });
    else looking.error(message, { table, hint });
  }
  if (complete && survey.pending.length > 0) {
    const paths = survey.pending.map(({ migration }) => migration.up ?? migration.version);
    const named = paths.length > 5 ? `${paths.slice(0, 5).join(", ")} and ${paths.length - 5} more` : list(paths);
    looking.error(`Not applied: ${named}.`, { hint: "lockkeeper migrate applies them." });
  }
  return looking.result;
}
