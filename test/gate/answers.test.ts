import { describe, expect, test } from "vitest";
import { saidIn, wordsOfAnswers } from "../../src/gate/answers.ts";

const digest = "0123456789ab".padEnd(64, "c");
const say = (person: string, text: string, isEdited = false) => ({ person, isBot: false, text, isEdited });

describe("a comment", () => {
  test.each([
    [`/lockkeeper approve ${digest}`, "approve"],
    [`  /lockkeeper   approve\t${digest.slice(0, 12)}  \r\nLooks fine.`, "approve"],
    [`/LOCKKEEPER Refuse ${digest.toUpperCase()}`, "refuse"],
  ])("is an answer: %j", (text, what) => {
    expect(saidIn(text)?.what).toBe(what);
    expect(digest.startsWith(saidIn(text)?.digest ?? "nothing")).toBe(true);
  });

  test.each([
    "",
    "/lockkeeper approve",
    // Eleven digits: such a beginning could be found by trying.
    `/lockkeeper approve ${digest.slice(0, 11)}`,
    `/lockkeeper approve ${digest}d`,
    `> /lockkeeper approve ${digest}`,
    `I would never\n/lockkeeper approve ${digest}`,
    `/lockkeeper approve ${digest} for staging`,
    `/lockkeeper approved ${digest}`,
  ])("is none: %j", (text) => {
    expect(saidIn(text)).toBeNull();
  });
});

describe("the words of several comments", () => {
  test("are the last of each person, about this digest only", () => {
    const words = wordsOfAnswers(
      [
        say("kim", `/lockkeeper approve ${digest}`),
        say("hubot", `/lockkeeper approve ${"f".repeat(64)}`),
        say("Kim", `/lockkeeper refuse ${digest}`),
        say("mona", `/lockkeeper refuse ${digest}`),
        say("mona", `/lockkeeper approve ${digest.slice(0, 20)}`),
        say("mona", "thanks"),
      ],
      digest,
    );
    expect(words).toEqual([
      { person: "Kim", isBot: false, but: "changes-requested" },
      { person: "mona", isBot: false, but: null },
    ]);
  });

  test("do not count where the comment was changed afterwards, which others may do", () => {
    expect(wordsOfAnswers([say("kim", `/lockkeeper approve ${digest}`, true)], digest)).toEqual([
      { person: "kim", isBot: false, but: "edited" },
    ]);
    // A refusal counts for the safe side.
    expect(wordsOfAnswers([say("kim", `/lockkeeper refuse ${digest}`, true)], digest)[0]?.but).toBe(
      "changes-requested",
    );
  });
});
