/** Whether and how standard output is looked at. */

/** Colours and columns of standard output; a pipe has as many columns as is said. */
export function terminal({ pipe } = { pipe: 100 }): { readonly color: boolean; readonly width: number } {
  return { color: wantsColor(), width: process.stdout.columns ?? pipe };
}

/** Colours on a terminal only, by the conventions of NO_COLOR and FORCE_COLOR. */
function wantsColor(): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (NO_COLOR !== undefined && NO_COLOR !== "") return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== "") return FORCE_COLOR !== "0";
  return process.stdout.isTTY === true && TERM !== "dumb";
}
