/** What was found when it was looked whether everything is as it was planned to be. */
export interface Verified {
  readonly amiss: readonly string[];
  readonly warnings: readonly string[];
}
