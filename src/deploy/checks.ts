import { UserError } from "../errors.ts";
import type { StatementFacts } from "../facts/facts.ts";

/** What a team has looked at around a deploy. */
export interface Checks {
  /** Before anything is done. Throws UserError where the database cannot be looked at. */
  before(): Promise<void>;
  /** Afterwards, compared with before. Throws UserError where the database cannot be looked at. */
  after(done: Done): Promise<Checked>;
}

/** What was done to the database. */
export interface Done {
  readonly statements: readonly StatementFacts[];
  /** The ledgers, as SQL names them: what is done is recorded there. */
  readonly ledgers: readonly string[];
}

/** What is wrong since the deploy began. */
export interface Checked {
  /** In a line each. */
  readonly amiss: readonly string[];
  readonly warnings: readonly string[];
  /** Whether all that is wrong is that the application does not answer any more. */
  readonly onlyHealth: boolean;
}

const nothingFound: Checked = { amiss: [], warnings: [], onlyHealth: false };

/** Nobody wants anything looked at. */
export const nothingChecked: Checks = {
  before: async () => undefined,
  after: async () => nothingFound,
};

/** What is found after scripts that were all run to their end; after others nobody looks. What cannot be looked at is amiss. */
export async function checkAfter(
  { after }: Checks,
  done: Done,
  { isDone, signal }: { readonly isDone: boolean; readonly signal: AbortSignal },
): Promise<Checked> {
  if (!isDone || done.statements.length === 0) return nothingFound;
  if (signal.aborted) return { ...nothingFound, amiss: ["It was not verified: the run was cancelled."] };
  try {
    return await after(done);
  } catch (thrown) {
    if (!(thrown instanceof UserError)) throw thrown;
    return { ...nothingFound, amiss: [`It could not be verified: ${thrown.message}`] };
  }
}
