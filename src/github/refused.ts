import { UserError } from "../errors.ts";
import { refusalOf } from "./api.ts";
import { isLimit, type Refusal } from "./retry.ts";

/** What is asked of GitHub, for the words of an error. */
export interface Asking {
  /** "write the comment", after "may not". */
  readonly to: string;
  /** What the job must have under `permissions:`. */
  readonly permission: string;
}

/** Asks GitHub; what it refuses comes back as a UserError that names the permission. */
export async function asking<T>(what: Asking, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (thrown) {
    const refusal = refusalOf(thrown);
    throw refusal === null ? thrown : inWords(refusal, what);
  }
}

/** Asks GitHub for something that may not be there: null where it is not. */
export async function askingFor<T>(what: Asking, ask: () => Promise<T>): Promise<T | null> {
  try {
    return await asking(what, ask);
  } catch (thrown) {
    if (thrown instanceof UserError && thrown.code === "github-not-found") return null;
    throw thrown;
  }
}

/** The codes of errors that say: this token is not allowed to do this here. */
export function isForbidden(thrown: unknown): thrown is UserError {
  return thrown instanceof UserError && (thrown.code === "github-forbidden" || thrown.code === "github-not-found");
}

function inWords(refusal: Refusal, { to, permission }: Asking): UserError {
  const { status, message, headers } = refusal;
  const says = `GitHub says: ${message.slice(0, 300)}${status === 0 ? "" : ` (${status})`}.`;
  // GitHub's own word on what was missing, where it gives one.
  const accepted = String(headers["x-accepted-github-permissions"] ?? "")
    .replaceAll("_", "-")
    .replaceAll("=", ": ");
  const needed = accepted === "" || accepted === "permissions: allows" ? permission : accepted;
  if (isLimit(refusal)) {
    return new UserError("github-limit", `GitHub has no more requests for this token now, to ${to}.`, {
      details: [says],
      hint: "run the job again later.",
    });
  }
  switch (status) {
    case 401:
      return new UserError("github-unauthorized", "GitHub does not accept the token.", {
        details: [says],
        hint: "leave the input token out, which takes the job's own, or give one that is still valid.",
      });
    case 403:
      return new UserError("github-forbidden", `The token may not ${to}.`, {
        details: [says, `Needed: ${needed}.`],
        hint: `give the job the permission (permissions: ${permission}); for a pull request from a fork, see "forks" in the README.`,
      });
    case 404:
      return new UserError("github-not-found", `GitHub shows nothing to this token, to ${to}.`, {
        details: [says, `Either it is not there, or the permission is missing: ${needed}.`],
        hint: `give the job the permission (permissions: ${permission}).`,
      });
    case 0:
    case 409:
      return unavailable(to, says);
    default:
      if (status >= 500) return unavailable(to, says);
      return new UserError("github-refused", `GitHub refused to ${to}.`, { details: [says] });
  }
}

function unavailable(to: string, says: string): UserError {
  return new UserError("github-unavailable", `GitHub could not be asked to ${to}.`, {
    details: [says, "It was tried several times."],
    hint: "run the job again; githubstatus.com tells of outages.",
  });
}
