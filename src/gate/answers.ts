import type { Word } from "./approvals.ts";

/** A comment on the issue that asks for approval, as GitHub has it. */
export interface Answer {
  readonly person: string;
  readonly isBot: boolean;
  readonly text: string;
  /** Whether it was changed after it was written: whoever may write can change the comments of others. */
  readonly isEdited: boolean;
}

/** What a comment says about a plan, by its first line. */
export interface Said {
  readonly what: "approve" | "refuse";
  /** The digest, or its beginning. */
  readonly digest: string;
}

/** Shorter ones could be found by trying. */
export const leastDigits = 12;

const form = /^\/lockkeeper[ \t]+(approve|refuse)[ \t]+([0-9a-f]{12,64})[ \t]*$/i;

/** What a comment says: `/lockkeeper approve DIGEST`; null where it says something else. */
export function saidIn(text: string): Said | null {
  const [line = ""] = text.trimStart().split(/\r?\n/, 1);
  const [, what = "", digest = ""] = form.exec(line) ?? [];
  if (digest === "") return null;
  return { what: what.toLowerCase() === "approve" ? "approve" : "refuse", digest: digest.toLowerCase() };
}

/** The last word of each person on the plan with this digest, of comments in the order in which they were written. */
export function wordsOfAnswers(answers: readonly Answer[], digest: string): readonly Word[] {
  const words = new Map<string, Word>();
  for (const { person, isBot, text, isEdited } of answers) {
    const said = saidIn(text);
    if (said === null || !digest.startsWith(said.digest)) continue;
    const but = said.what === "refuse" ? "changes-requested" : isEdited ? "edited" : null;
    words.set(person.toLowerCase(), { person, isBot, but });
  }
  return [...words.values()];
}
