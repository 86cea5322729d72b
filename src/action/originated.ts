import { readSettings } from "../commands/settings.ts";
import { openApi } from "../github/api.ts";
import { readServer } from "../github/run.ts";
import { type Forms, type Planned, planForms } from "../report/forms.ts";
import { originLines, type ReportOrigin, renderOrigins } from "../report/origin.ts";
import { sentenceOf } from "./approvals.ts";
import { originsOf } from "./origins.ts";
import type { Step } from "./step.ts";

/** A plan, with how its migrations have come to the branch; null where that is no question: on a pull request, or without a token. */
export interface Originated extends Planned {
  readonly origins: readonly ReportOrigin[] | null;
}

/** What stands on a pull request has come to no branch yet. */
const before = ["pull_request", "pull_request_review", "pull_request_target", "merge_group"];

/** Asks GitHub where the pending migrations come from. What cannot be asked is not approved. */
export async function originated(planned: Planned, { inputs, checkout, workspace, env }: Step): Promise<Originated> {
  const { token, config, key } = inputs;
  if (token === null || before.includes(env.GITHUB_EVENT_NAME ?? "")) return { ...planned, origins: null };
  // No GitHub is there to be asked; without an answer nothing counts as approved.
  if ((env.GITHUB_REPOSITORY ?? "") === "" || (env.GITHUB_API_URL ?? "") === "") return { ...planned, origins: null };
  if (planned.report.plan === null || planned.report.refused) return { ...planned, origins: null };
  if (planned.report.plan.migrations.length === 0) return { ...planned, origins: [] };
  try {
    const api = openApi(readServer(env, token));
    const settings = await readSettings({ config, environment: null }, workspace);
    const at = { commit: env.GITHUB_SHA ?? "", branch: env.GITHUB_REF_NAME ?? "" };
    const finding = { api, config: settings.config, checkout, workspace, ...at, key: key ?? "" };
    return { ...planned, origins: await originsOf(planned.report, finding) };
  } catch (thrown) {
    const why = sentenceOf(thrown).replace(/\.$/, "");
    const origins = planned.report.plan.migrations.map(
      ({ path, version }) => ({ path, version, standing: "none", pull: null, authors: [], why }) as const,
    );
    return { ...planned, origins };
  }
}

/** The plan, and behind it where its migrations come from. */
export const originatedForms: Forms<Originated> = {
  async text({ origins, ...planned }, look) {
    const text = await planForms.text(planned, look);
    const lines = originLines(origins ?? []);
    return lines.length === 0 ? text : `${text.trimEnd()}\n\n${lines.join("\n")}\n`;
  },
  json: (planned) => planForms.json(planned),
  async markdown({ origins, ...planned }, { maxBytes }) {
    const from = renderOrigins(origins ?? []);
    const left = Math.max(maxBytes - Buffer.byteLength(from), 2000);
    return `${await planForms.markdown(planned, { maxBytes: left })}\n${from}`;
  },
};
