import { expect, test } from "vitest";
import { described } from "./description.ts";

/** Where GitHub's examples are older than its description; the fake adds what they lack. */
const outdated = [
  "get /repos/{owner}/{repo}/pulls",
  "get /repos/{owner}/{repo}/pulls/{pull_number}",
  "get /repos/{owner}/{repo}/collaborators/{username}/permission",
  "get /orgs/{org}/teams/{team_slug}",
  "get /repos/{owner}/{repo}/commits/{commit_sha}/pulls",
];

test("GitHub's own examples are what GitHub's description says of them, so that it is read rightly", () => {
  const checked = described.filter(({ example, response }) => example !== null && response !== null);
  expect(checked.length).toBeGreaterThan(15);
  const wrong = checked.filter(({ example, problemsOfAnswer }) => problemsOfAnswer(example).length > 0);
  expect(wrong.map(({ method, path }) => `${method} ${path}`)).toEqual(outdated);
});

test("a request with a key, a parameter or a value that GitHub does not know is found", () => {
  const of = (method: string, path: string) =>
    described.find((each) => each.method === method && each.path === `/repos/{owner}/{repo}/${path}`);
  const create = of("post", "check-runs");
  const list = of("get", "issues/{issue_number}/comments");
  const none = new URLSearchParams();
  expect(create?.problemsOfRequest(none, { name: "x", head_sha: "y", status: "queued" })).toEqual([]);
  expect(create?.problemsOfRequest(none, { name: "x" })).not.toEqual([]);
  expect(create?.problemsOfRequest(none, { name: "x", head_sha: "y", status: "done" })).not.toEqual([]);
  const output = { title: "t", summary: "s", anotations: [] };
  expect(create?.problemsOfRequest(none, { name: "x", head_sha: "y", status: "queued", output })).not.toEqual([]);
  expect(list?.problemsOfRequest(new URLSearchParams("per_page=100&page=2"), undefined)).toEqual([]);
  expect(list?.problemsOfRequest(new URLSearchParams("perpage=100"), undefined)).not.toEqual([]);
  expect(list?.problemsOfRequest(none, {})).not.toEqual([]);
});
