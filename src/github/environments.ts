import type { Api } from "./api.ts";
import { at } from "./payload.ts";
import { type Asking, askingFor } from "./refused.ts";

const reading: Asking = { to: "read the environment", permission: "actions: read" };

/** Whether GitHub holds the jobs of an environment until a reviewer lets them through; null: there is no such environment, or the token sees none. */
export async function asksForReviewers(api: Api, name: string): Promise<boolean | null> {
  const answer = await askingFor(reading, () =>
    api.request("GET /repos/{owner}/{repo}/environments/{environment_name}", {
      ...api.here,
      environment_name: name,
    }),
  );
  if (answer === null) return null;
  const rules: readonly unknown[] = answer.data.protection_rules ?? [];
  return rules.some((rule) => {
    const reviewers = at(rule, "reviewers");
    return at(rule, "type") === "required_reviewers" && Array.isArray(reviewers) && reviewers.length > 0;
  });
}
