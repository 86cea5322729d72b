import { deploymentOf, environmentOf, issueOf, mergedPullOf } from "./answers.ts";
import { lastCommitOn } from "./commits.ts";
import { exampleOf } from "./description.ts";
import { mapOf, missing, newId, page, type Route, refused, route, textOf } from "./routes.ts";

const repository = "/repos/{owner}/{repo}";

/** What the fake does for the operations around a deploy. */
export const deployRoutes: readonly Route[] = [
  route("get", `${repository}/commits`, ["contents", "read"], (asked, path) => {
    const { state, query } = asked;
    const found = lastCommitOn(state, query.get("path") ?? "", query.get("sha") ?? "");
    if (query.get("per_page") !== "1") return refused(422, "The fake tells of the newest commit only");
    const example = exampleOf("get", path);
    const author = { ...mapOf(example.author), login: "mona", id: 101 };
    return { status: 200, body: found === null ? [] : [{ ...example, sha: found, author }] };
  }),
  route("get", `${repository}/commits/{commit_sha}/pulls`, ["pull-requests", "read"], (asked, path) => {
    const { state, parameters } = asked;
    const found = [...state.pulls.values()].filter(
      ({ merged }) => merged?.commits.includes(parameters.commit_sha ?? "") === true,
    );
    return page(
      found.map((pull) => mergedPullOf(pull, state)),
      asked,
      path,
    );
  }),
  route("get", `${repository}/deployments`, ["deployments", "read"], (asked, path) => {
    const { state, query } = asked;
    const found = state.deployments.filter(
      ({ environment, task }) =>
        environment === (query.get("environment") ?? environment) && task === (query.get("task") ?? task),
    );
    return page(found.map(deploymentOf).reverse(), asked, path);
  }),
  route("post", `${repository}/deployments`, ["deployments", "write"], ({ state, rights, body }) => {
    if (body.auto_merge !== false) return refused(409, "Conflict merging the default branch");
    const deployment = {
      id: newId(),
      creator: rights.account,
      sha: textOf(body.ref),
      task: typeof body.task === "string" ? body.task : "deploy",
      environment: typeof body.environment === "string" ? body.environment : "production",
      payload: body.payload ?? {},
      statuses: [],
    };
    state.deployments.push(deployment);
    return { status: 201, body: deploymentOf(deployment) };
  }),
  route(
    "post",
    `${repository}/deployments/{deployment_id}/statuses`,
    ["deployments", "write"],
    ({ state, parameters, body }, path) => {
      const deployment = state.deployments.find(({ id }) => id === Number(parameters.deployment_id));
      if (deployment === undefined) return missing();
      const description = textOf(body.description);
      if (description.length > 140) return refused(422, "description is too long (maximum is 140 characters)");
      deployment.statuses.push({ state: textOf(body.state), description, logUrl: textOf(body.log_url) });
      return { status: 201, body: { ...exampleOf("post", path), state: body.state, description } };
    },
  ),
  route("get", `${repository}/environments/{environment_name}`, ["actions", "read"], ({ state, parameters }) => {
    const name = parameters.environment_name ?? "";
    const found = state.environments.get(name);
    return found === undefined ? missing() : { status: 200, body: environmentOf(name, found.reviewers) };
  }),
  route("get", `${repository}/issues`, ["issues", "read"], (asked, path) => {
    const { state, query } = asked;
    const creator = query.get("creator");
    const wanted = query.get("state") ?? "open";
    const found = state.issues.filter(
      ({ author, isOpen }) =>
        (creator === null || author.login === creator) && (wanted === "all" || isOpen === (wanted === "open")),
    );
    return page(found.map(issueOf).reverse(), asked, path);
  }),
  route("post", `${repository}/issues`, ["issues", "write"], ({ state, rights, body }) => {
    const text = textOf(body.body);
    if (text.length > 65_536) return refused(422, "Validation Failed: body is too long (maximum is 65536 characters)");
    const issue = { number: newId(), author: rights.account, title: textOf(body.title), body: text, isOpen: true };
    state.issues.push(issue);
    return { status: 201, body: issueOf(issue) };
  }),
  route("patch", `${repository}/issues/{issue_number}`, ["issues", "write"], ({ state, parameters, body }) => {
    const issue = state.issues.find(({ number }) => number === Number(parameters.issue_number));
    if (issue === undefined) return missing();
    if (typeof body.body === "string") issue.body = body.body;
    if (typeof body.state === "string") issue.isOpen = body.state === "open";
    return { status: 200, body: issueOf(issue) };
  }),
];
