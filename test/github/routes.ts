import {
  checkRunOf,
  commentOf,
  labelEventOf,
  permissionOf,
  pullOf,
  reviewCommentOf,
  reviewOf,
  teamOf,
} from "./answers.ts";
import { blobAt, commitsBetween, treeAt } from "./commits.ts";
import { exampleOf } from "./description.ts";
import type { CheckRun, State, TokenRights } from "./state.ts";

/** What the fake does for each operation. */

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Asked {
  readonly state: State;
  readonly rights: TokenRights;
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
  readonly apiUrl: string;
  readonly tick: () => string;
}

type Needs = readonly [permission: string, "read" | "write"];

export interface Route {
  readonly method: string;
  readonly path: string;
  /** A comment is one on a pull request or on an issue: what it needs depends on that. */
  readonly needs: Needs | ((asked: Pick<Asked, "state" | "parameters">) => Needs);
  answer(asked: Asked): Answer;
}

export function refused(status: number, message: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return {
    status,
    headers,
    body: { message, documentation_url: "https://docs.github.com/rest", status: String(status) },
  };
}

export const missing = () => refused(404, "Not Found");
let lastId = 1000;
export const newId = (): number => ++lastId;
export const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
export const mapOf = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? { ...value } : {};

/** One page, with the addresses of the others in a header, as GitHub does it. */
export function page(
  all: readonly unknown[],
  { query, apiUrl, parameters }: Asked,
  path: string,
  wrap = (each: unknown[]): unknown => each,
): Answer {
  const size = Number(query.get("per_page") ?? 30);
  const number = Number(query.get("page") ?? 1);
  const last = Math.max(1, Math.ceil(all.length / size));
  const address = (to: number): string => {
    const where = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(parameters[name] ?? ""));
    const parts = new URLSearchParams([...query.entries(), ["page", String(to)]]);
    parts.set("page", String(to));
    return `<${apiUrl}${where}?${parts}>`;
  };
  const links = number < last ? [`${address(number + 1)}; rel="next"`, `${address(last)}; rel="last"`] : [];
  const body = wrap(all.slice((number - 1) * size, number * size));
  return { status: 200, body, ...(links.length === 0 ? {} : { headers: { link: links.join(", ") } }) };
}

const repository = "/repos/{owner}/{repo}";
export const route = (
  method: string,
  path: string,
  needs: Route["needs"],
  answer: (asked: Asked, path: string) => Answer,
): Route => ({
  method,
  path,
  needs,
  answer: (asked) => answer(asked, path),
});

const commenting =
  (needed: "read" | "write"): Route["needs"] =>
  ({ state, parameters }) => [
    state.issues.some(({ number }) => number === Number(parameters.issue_number)) ? "issues" : "pull-requests",
    needed,
  ];

export const routes: readonly Route[] = [
  route("get", `${repository}/pulls`, ["pull-requests", "read"], (asked, path) => {
    const { state, query } = asked;
    const from = query.get("head");
    const found = [...state.pulls.values()].filter((pull) => {
      const label = `${pull.headRepository?.split("/")[0]}:${pull.headRef}`;
      const wanted = query.get("state") ?? "open";
      return (from === null || label === from) && (wanted === "all" || pull.isOpen === (wanted === "open"));
    });
    return page(
      found.map((pull) => pullOf(pull, state, "pulls")),
      asked,
      path,
    );
  }),
  route("get", `${repository}/pulls/{pull_number}`, ["pull-requests", "read"], ({ state, parameters }) => {
    const pull = state.pulls.get(Number(parameters.pull_number));
    return pull === undefined ? missing() : { status: 200, body: pullOf(pull, state) };
  }),
  route("get", `${repository}/pulls/{pull_number}/files`, ["pull-requests", "read"], (asked, path) => {
    const files = asked.state.pulls.get(Number(asked.parameters.pull_number))?.files ?? [];
    const example = exampleOf("get", path);
    // GitHub lists no more than these.
    return page(
      files.slice(0, 3000).map((file) => ({ ...example, filename: file.path, status: file.status })),
      asked,
      path,
    );
  }),
  route("get", `${repository}/pulls/{pull_number}/reviews`, ["pull-requests", "read"], (asked, path) => {
    const { state, parameters } = asked;
    return page(
      state.reviews.filter(({ number }) => number === Number(parameters.pull_number)).map(reviewOf),
      asked,
      path,
    );
  }),
  route(
    "post",
    `${repository}/pulls/{pull_number}/reviews`,
    ["pull-requests", "write"],
    ({ state, rights, parameters, body, tick }) => {
      const number = Number(parameters.pull_number);
      const comments = Array.isArray(body.comments) ? body.comments.map(mapOf) : [];
      const review = {
        id: newId(),
        number,
        author: rights.account,
        commit: textOf(body.commit_id),
        state: "COMMENTED",
        at: tick(),
      };
      const head = state.pulls.get(number)?.head;
      if (review.commit !== head)
        return refused(422, "Unprocessable Entity: commit_id is not part of the pull request");
      for (const { path, line, start_line, body: text } of comments) {
        state.reviewComments.push({
          id: newId(),
          number,
          author: rights.account,
          path: textOf(path),
          line: Number(line),
          startLine: start_line === undefined ? null : Number(start_line),
          commit: review.commit,
          body: textOf(text),
          isOutdated: false,
          isMinimized: false,
          replyTo: null,
        });
      }
      state.reviews.push(review);
      return { status: 200, body: reviewOf(review) };
    },
  ),
  route("get", `${repository}/pulls/{pull_number}/comments`, ["pull-requests", "read"], (asked, path) => {
    const { state, parameters } = asked;
    const found = state.reviewComments.filter(({ number }) => number === Number(parameters.pull_number));
    return page(found.map(reviewCommentOf), asked, path);
  }),
  route("delete", `${repository}/pulls/comments/{comment_id}`, ["pull-requests", "write"], ({ state, parameters }) => {
    const before = state.reviewComments.length;
    state.reviewComments = state.reviewComments.filter(({ id }) => id !== Number(parameters.comment_id));
    return state.reviewComments.length === before ? missing() : { status: 204 };
  }),
  route("get", `${repository}/issues/{issue_number}/comments`, commenting("read"), (asked, path) => {
    const found = asked.state.comments.filter(({ number }) => number === Number(asked.parameters.issue_number));
    return page(
      found.map((each) => commentOf(each, asked.apiUrl)),
      asked,
      path,
    );
  }),
  route("post", `${repository}/issues/{issue_number}/comments`, commenting("write"), (asked) => {
    const { state, rights, parameters, body, apiUrl } = asked;
    const text = textOf(body.body);
    if (text.length > 65_536) return refused(422, "Validation Failed: body is too long (maximum is 65536 characters)");
    const comment = { id: newId(), number: Number(parameters.issue_number), author: rights.account, body: text };
    state.comments.push(comment);
    return { status: 201, body: commentOf(comment, apiUrl) };
  }),
  route(
    "patch",
    `${repository}/issues/comments/{comment_id}`,
    ["pull-requests", "write"],
    ({ state, parameters, body, apiUrl }) => {
      const comment = state.comments.find(({ id }) => id === Number(parameters.comment_id));
      if (comment === undefined) return missing();
      const text = textOf(body.body);
      if (text.length > 65_536)
        return refused(422, "Validation Failed: body is too long (maximum is 65536 characters)");
      comment.body = text;
      return { status: 200, body: commentOf(comment, apiUrl) };
    },
  ),
  route("delete", `${repository}/issues/comments/{comment_id}`, ["pull-requests", "write"], ({ state, parameters }) => {
    const before = state.comments.length;
    state.comments = state.comments.filter(({ id }) => id !== Number(parameters.comment_id));
    return state.comments.length === before ? missing() : { status: 204 };
  }),
  route("get", `${repository}/issues/{issue_number}/events`, ["pull-requests", "read"], (asked, path) => {
    const found = asked.state.labelEvents.filter(({ number }) => number === Number(asked.parameters.issue_number));
    return page(found.map(labelEventOf), asked, path);
  }),
  route("get", `${repository}/commits/{ref}/check-runs`, ["checks", "read"], (asked, path) => {
    const { state, parameters, query } = asked;
    const name = query.get("check_name");
    const found = state.checkRuns.filter((run) => run.head === parameters.ref && (name === null || run.name === name));
    return page(found.map(checkRunOf), asked, path, (runs) => ({ total_count: found.length, check_runs: runs }));
  }),
  route("post", `${repository}/check-runs`, ["checks", "write"], ({ state, rights, body }) => {
    if (rights.account.type !== "Bot") return refused(403, "You must authenticate via a GitHub App.");
    const run: CheckRun = {
      id: newId(),
      head: textOf(body.head_sha),
      app: rights.account.login.replace(/\[bot\]$/, ""),
      name: "",
      status: "queued",
      conclusion: null,
      externalId: "",
      detailsUrl: "",
      title: "",
      summary: "",
      annotations: [],
    };
    const problem = changed(run, body);
    if (problem !== null) return problem;
    state.checkRuns.push(run);
    return { status: 201, body: checkRunOf(run) };
  }),
  route("patch", `${repository}/check-runs/{check_run_id}`, ["checks", "write"], ({ state, parameters, body }) => {
    const run = state.checkRuns.find(({ id }) => id === Number(parameters.check_run_id));
    if (run === undefined) return missing();
    return changed(run, body) ?? { status: 200, body: checkRunOf(run) };
  }),
  route("get", `${repository}/collaborators/{username}/permission`, ["metadata", "read"], ({ state, parameters }) => {
    const login = parameters.username ?? "";
    const permission = state.permissions.get(login);
    // In a public repository everybody may read.
    return { status: 200, body: permissionOf({ id: 5, login, type: "User" }, permission ?? "read") };
  }),
  route("get", "/orgs/{org}/teams/{team_slug}", ["members", "read"], ({ state, parameters }) => {
    const slug = parameters.team_slug ?? "";
    return state.teams.has(`${parameters.org}/${slug}`) ? { status: 200, body: teamOf(slug) } : missing();
  }),
  route("get", "/orgs/{org}/teams/{team_slug}/memberships/{username}", ["members", "read"], ({ state, parameters }) => {
    const { org, team_slug: slug, username } = parameters;
    const isIn = state.teams.get(`${org}/${slug}`)?.includes(username ?? "") === true;
    return isIn
      ? { status: 200, body: { url: "https://github.example.com", role: "member", state: "active" } }
      : missing();
  }),
  route("get", `${repository}/compare/{basehead}`, ["contents", "read"], ({ state, parameters }, path) => {
    const [base = "", head = ""] = (parameters.basehead ?? "").split("...");
    const found = commitsBetween(state, base, head);
    if (found === null) return missing();
    const example = exampleOf("get", path);
    const commit = mapOf(example.merge_base_commit);
    return {
      status: 200,
      body: { ...example, merge_base_commit: { ...commit, sha: found.mergeBase }, commits: [], files: [] },
    };
  }),
  route("get", `${repository}/git/trees/{tree_sha}`, ["contents", "read"], ({ state, parameters, query }) => {
    const recursive = query.get("recursive") !== null;
    const tree = treeAt(state, parameters.tree_sha ?? "", recursive);
    return tree === null ? missing() : { status: 200, body: tree };
  }),
  route("get", `${repository}/git/blobs/{file_sha}`, ["contents", "read"], ({ state, parameters }) => {
    const blob = blobAt(state, parameters.file_sha ?? "");
    return blob === null ? missing() : { status: 200, body: blob };
  }),
  route("get", `${repository}/git/matching-refs/{ref}`, ["contents", "read"], (asked, path) => {
    const found = [...asked.state.refs].filter(([name]) => name.startsWith(asked.parameters.ref ?? ""));
    const example = exampleOf("get", path);
    const refs = found.map(([name, sha]) => ({
      ...example,
      ref: `refs/${name}`,
      object: { ...mapOf(example.object), sha },
    }));
    return page(refs, asked, path);
  }),
];

/** Takes over what a request says of a check run; an answer where GitHub would not. */
function changed(run: CheckRun, body: Readonly<Record<string, unknown>>): Answer | null {
  const output = mapOf(body.output);
  const added = Array.isArray(output.annotations) ? output.annotations.map(mapOf) : [];
  if (added.length > 50) return refused(422, "No more than 50 annotations at once");
  for (const key of ["summary", "text"]) {
    if (textOf(output[key]).length > 65_535) return refused(422, `${key} is too long`);
  }
  for (const { path, start_line, end_line, start_column, title, message } of added) {
    const oneLine = start_column === undefined || start_line === end_line;
    if (path === "" || !oneLine || textOf(title).length > 255 || textOf(message).length > 64 * 1024) {
      return refused(422, "Invalid annotation");
    }
  }
  run.name = typeof body.name === "string" ? body.name : run.name;
  run.status = typeof body.status === "string" ? body.status : run.status;
  run.conclusion = typeof body.conclusion === "string" ? body.conclusion : run.conclusion;
  run.externalId = typeof body.external_id === "string" ? body.external_id : run.externalId;
  run.detailsUrl = typeof body.details_url === "string" ? body.details_url : run.detailsUrl;
  run.title = typeof output.title === "string" ? output.title : run.title;
  run.summary = typeof output.summary === "string" ? output.summary : run.summary;
  run.annotations = [...run.annotations, ...added];
  return null;
}
