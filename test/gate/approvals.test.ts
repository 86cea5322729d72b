import { describe, expect, test } from "vitest";
import { defaultPolicy } from "../../src/config/config.ts";
import {
  type Approvals,
  approvalLabel,
  approvalsAsked,
  type LabelEvent,
  type Review,
  type Standing,
  weighApprovals,
  wordsOfLabels,
  wordsOfReviews,
} from "../../src/gate/approvals.ts";

const head = "b".repeat(40);
const digest = "0123456789abcdef".repeat(4);

/** Who may write, and who is in which team. */
const people: Readonly<Record<string, Standing>> = {
  ann: { mayWrite: true, teams: [] },
  ben: { mayWrite: true, teams: ["dba"] },
  cem: { mayWrite: true, teams: ["dba"] },
  guest: { mayWrite: false, teams: [] },
};
const standingOf = (person: string): Standing | null => people[person] ?? null;

const review = (person: string, more: Partial<Review> = {}): Review => {
  return { person, isBot: false, state: "APPROVED", commit: head, ...more };
};

const critical = approvalsAsked(["critical"], defaultPolicy);
const one = approvalsAsked(["high"], defaultPolicy);

function reviewed(reviews: readonly Review[], asked = one): Approvals {
  return weighApprovals({ asked, words: wordsOfReviews(reviews, head), author: "author", standingOf });
}

describe("what is asked", () => {
  test("is what the policy asks for each risk, the worst first", () => {
    const asked = approvalsAsked(["medium", "critical", "medium"], defaultPolicy);
    expect(asked.map(({ risk, approvals }) => [risk, approvals])).toEqual([
      ["critical", 2],
      ["medium", 1],
    ]);
  });

  test("is one person at least, where the policy asks for a review and no approval", () => {
    const policy = { ...defaultPolicy, low: { ...defaultPolicy.low, deploy: "manual" } } as const;
    expect(approvalsAsked(["low"], policy)).toMatchObject([{ approvals: 1 }]);
  });
});

describe("reviews", () => {
  test("of people who may write open the gate, as many as are asked", () => {
    expect(reviewed([])).toMatchObject({ granted: false, missing: [{ people: 1 }] });
    expect(reviewed([review("ann")])).toMatchObject({ granted: true, by: ["ann"], missing: [] });
    expect(reviewed([review("ann")], critical)).toMatchObject({ granted: false, missing: [{ people: 1 }] });
    expect(reviewed([review("ann"), review("ben")], critical)).toMatchObject({ granted: true });
  });

  test("of one person count once, however often and in whichever letters", () => {
    const twice = [review("ann"), review("Ann"), review("ann")];
    expect(reviewed(twice, critical).granted).toBe(false);
  });

  test.each<[string, readonly Review[], string]>([
    ["of another commit", [review("ann", { commit: "a".repeat(40) })], "earlier-commit"],
    ["of a commit that GitHub has forgotten", [review("ann", { commit: null })], "earlier-commit"],
    ["of the author", [review("Author")], "author"],
    ["of a program", [review("ann", { isBot: true })], "bot"],
    ["of somebody who may only read", [review("guest")], "may-not-write"],
    ["of somebody of whom nothing can be learned", [review("nobody")], "unknown-person"],
    [
      "taken back by a request for changes",
      [review("ann"), review("ann", { state: "CHANGES_REQUESTED" })],
      "changes-requested",
    ],
    ["dismissed", [review("ann"), review("ann", { state: "DISMISSED" })], "dismissed"],
  ])("%s count for nothing, and it is said why", (_what, reviews, why) => {
    const { granted, by, passedOver } = reviewed(reviews);
    expect({ granted, by, whys: passedOver.map((each) => each.why) }).toEqual({ granted: false, by: [], whys: [why] });
  });

  test("are not taken back by a comment, nor by what somebody else says", () => {
    const said = [review("ann"), review("ann", { state: "COMMENTED" }), review("ben", { state: "CHANGES_REQUESTED" })];
    expect(reviewed(said)).toMatchObject({ granted: true, by: ["ann"] });
  });

  test("count again after a request for changes", () => {
    expect(reviewed([review("ann", { state: "CHANGES_REQUESTED" }), review("ann")]).granted).toBe(true);
  });
});

describe("people and teams that the policy names", () => {
  const named = (approvers: { people?: string[]; teams?: string[] }, approvals = 1) =>
    [{ risk: "high", approvals, approvers: { people: [], teams: [], ...approvers } }] as const;

  test("are the only ones who count", () => {
    expect(reviewed([review("ann")], named({ people: ["ben"] }))).toMatchObject({
      granted: false,
      passedOver: [{ person: "ann", why: "not-named" }],
    });
    expect(reviewed([review("ben")], named({ people: ["Ben"] })).granted).toBe(true);
    expect(reviewed([review("cem")], named({ teams: ["DBA"] })).granted).toBe(true);
    expect(reviewed([review("ann"), review("cem")], named({ people: ["ann"], teams: ["dba"] }, 2)).granted).toBe(true);
  });

  test("must be able to write all the same", () => {
    expect(reviewed([review("guest")], named({ people: ["guest"] })).granted).toBe(false);
  });

  test("of one risk leave another risk to everybody", () => {
    const asked = [...named({ teams: ["dba"] }), ...approvalsAsked(["medium"], defaultPolicy)];
    const { granted, by, missing } = reviewed([review("ann")], asked);
    expect({ granted, by, missing: missing.map((each) => each.asked.risk) }).toEqual({
      granted: false,
      by: ["ann"],
      missing: ["high"],
    });
    expect(reviewed([review("ben")], asked).granted).toBe(true);
  });
});

describe("labels", () => {
  const on = (person: string, label = approvalLabel(digest)): LabelEvent => ({
    person,
    isBot: false,
    label,
    kind: "on",
  });
  const off = (person: string): LabelEvent => ({ ...on(person), kind: "off" });
  const labelled = (events: readonly LabelEvent[], asked = one) =>
    weighApprovals({ asked, words: wordsOfLabels(events, digest), author: "author", standingOf });

  test("name what they approve, within GitHub's fifty characters", () => {
    expect(approvalLabel(digest)).toBe("lockkeeper:approved-0123456789ab");
    expect(approvalLabel(digest).length).toBeLessThanOrEqual(50);
  });

  test("of what is here now open the gate", () => {
    expect(labelled([on("ann")])).toMatchObject({ granted: true, by: ["ann"] });
    expect(labelled([on("ann", approvalLabel("f".repeat(64)))]).granted).toBe(false);
    expect(labelled([on("ann", "lockkeeper:approved")]).granted).toBe(false);
  });

  test("that are off again approve nothing", () => {
    expect(labelled([on("ann"), off("guest")]).granted).toBe(false);
    expect(labelled([on("ann"), off("ann"), on("guest")])).toMatchObject({ by: ["ann"] });
  });

  test("put on by two people in turn are two approvals", () => {
    expect(labelled([on("ann"), off("ben"), on("ben")], critical)).toMatchObject({ granted: true, by: ["ann", "ben"] });
    expect(labelled([on("ann"), off("ann"), on("ann")], critical).granted).toBe(false);
  });

  test("of the author and of who may not write approve nothing", () => {
    expect(labelled([on("author"), on("guest"), { ...on("ann"), isBot: true }])).toMatchObject({
      granted: false,
      passedOver: [
        { person: "author", why: "author" },
        { person: "guest", why: "may-not-write" },
        { person: "ann", why: "bot" },
      ],
    });
  });
});
