import { UserError } from "../errors.ts";
import type { Refusal } from "../plan/deployed.ts";
import type { Around, Begun } from "./around.ts";

/** What the database or its server speaks against is a refusal; everything else goes on up. */
export function refusalIn(thrown: unknown): Refusal {
  if (!(thrown instanceof UserError)) throw thrown;
  const { code, message, details, hint } = thrown;
  return { code, message, details, hint };
}

/** Leads in; where that fails, leads out again and says why nothing was begun. Null: go on. */
export async function leadIn({ begin, end }: Around, what: Begun): Promise<Refusal | null> {
  const message = await begin(what);
  if (message === null) return null;
  const details = await end("failed");
  return {
    ...{ code: "hook-failed", message, details },
    hint: "put it right, then run it again: nothing of the plan was begun.",
  };
}
