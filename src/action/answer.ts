import { UserError } from "../errors.ts";
import { saidIn } from "../gate/answers.ts";
import { type Api, openApi } from "../github/api.ts";
import { commentOn } from "../github/approval-issue.ts";
import { readPayload } from "../github/event.ts";
import { at, numberAt, textAt } from "../github/payload.ts";
import { standingOf, whoAmI } from "../github/people.ts";
import { readServer } from "../github/run.ts";
import { type IssueMark, readIssueMark } from "../report/approval-issue.ts";
import { prose } from "../report/markdown-text.ts";

/** What a comment on an issue has come to. */
export interface Answered {
  /** approved: it is an approval, and the deploy may look whether it is enough; ignored: it says nothing to us. */
  readonly result: "approved" | "refused" | "ignored";
  readonly environment: string;
  readonly expectDigest: string;
  readonly line: string;
}

/**
 * Reads a comment on the issue that asks for approval. It only says which deploy to look at again: that weighs every comment
 * anew, with the authors and the policy, before anything runs.
 */
export async function answer(token: string | null, env: NodeJS.ProcessEnv): Promise<Answered> {
  if (env.GITHUB_EVENT_NAME !== "issue_comment") throw wrongEvent();
  if (token === null) throw new UserError("token-missing", "An answer cannot be looked at without a token.");
  const payload = readPayload(env);
  const said = saidIn(textAt(payload, "comment", "body"));
  const mark = readIssueMark(String(at(payload, "issue", "body") ?? ""));
  const nothing = { result: "ignored", environment: "", expectDigest: "" } as const;
  if (at(payload, "action") !== "created") return { ...nothing, line: "Only a new comment is an answer." };
  if (said === null || mark === null) return { ...nothing, line: "The comment is no answer to Lockkeeper." };
  const api = openApi(readServer(env, token));
  const self = await whoAmI(api);
  if (at(payload, "issue", "user", "id") !== self.id || at(payload, "issue", "pull_request") !== undefined) {
    return { ...nothing, line: "The issue is none of Lockkeeper's." };
  }
  const why = await whyNot(api, payload, { mark, digest: said.digest });
  const number = numberAt(payload, "issue", "number");
  if (why !== null) {
    await commentOn(api, number, `This approves nothing: ${prose(why)}.\n`);
    return { ...nothing, result: "refused", line: `The comment approves nothing: ${why}.` };
  }
  if (said.what === "refuse") return { ...nothing, result: "refused", line: "The comment takes an approval back." };
  return {
    result: "approved",
    environment: mark.environment,
    expectDigest: mark.digest,
    line: `${textAt(payload, "comment", "user", "login")} approves ${mark.digest} for ${mark.environment}.`,
  };
}

async function whyNot(
  api: Api,
  payload: unknown,
  { mark, digest }: { readonly mark: IssueMark; readonly digest: string },
): Promise<string | null> {
  const person = textAt(payload, "comment", "user", "login");
  if (at(payload, "comment", "user", "type") === "Bot") return `${person} is a program`;
  if (!mark.digest.startsWith(digest)) return `the plan that waits here is ${mark.digest}`;
  const { mayWrite } = await standingOf(api, person, []);
  return mayWrite ? null : `${person} has no write permission`;
}

function wrongEvent(): UserError {
  return new UserError("event-refused", "Only a comment on an issue is an answer.", {
    hint: "use command: answer in a workflow on issue_comment, as examples/approval-issue.yml does.",
  });
}
