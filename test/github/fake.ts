import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { type Described, described } from "./description.ts";
import { graphql } from "./graphql.ts";
import { type Answer, refused, routes } from "./routes.ts";
import { deployRoutes } from "./routes-deploy.ts";
import { newState, type State, type TokenRights } from "./state.ts";

/** A GitHub of its own for one test: over HTTP, with a memory, and strict where GitHub is forgiving. */
export interface FakeGitHub {
  readonly state: State;
  /** Under a path, as on GitHub Enterprise Server: whoever puts addresses together in another way ends up elsewhere. */
  readonly apiUrl: string;
  readonly graphqlUrl: string;
  /** Every request that has reached it: "GET /repos/octo/shop/pulls/1". */
  readonly calls: readonly string[];
  /** What GitHub would not have taken, or would not have answered. Empty at the end of every test. */
  readonly violations: readonly string[];
  /** From now on, answers requests in another way. */
  fault(fault: Fault): void;
  /** Something that happens on GitHub just before a request of this kind is looked at, once. */
  before(request: RegExp, happens: () => void): void;
  /** The next moment of its clock, which moves by a second at each thing that happens. */
  tick(): string;
}

export interface Fault {
  /** Matched against "POST /repos/octo/shop/issues/1/comments". */
  readonly request: RegExp;
  /** How often; as long as the test runs where it is left out. */
  readonly times?: number;
  readonly status?: number;
  readonly message?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The connection ends without an answer, after it was carried out, or in the middle of the answer. */
  readonly cut?: "before" | "after" | "middle";
  /** There is no answer, and the connection stays. */
  readonly hangs?: boolean;
}

/** Starts one, which ends with the test; the test fails if something has broken GitHub's own description. */
export async function fakeGitHub(): Promise<FakeGitHub> {
  const state = newState();
  const calls: string[] = [];
  const violations: string[] = [];
  const faults: { fault: Fault; left: number }[] = [];
  const happenings: { request: RegExp; happens: () => void }[] = [];
  let seconds = Date.parse("2026-03-01T10:00:00Z") / 1000;
  const tick = (): string => new Date(++seconds * 1000).toISOString().replace(".000Z", "Z");

  const answer = (request: Request): Answer => {
    const { method, pathname, rights, query, body } = request;
    if (pathname === "/api/graphql") {
      return rights === null ? refused(401, "Bad credentials") : graphql(state, rights, body, violations);
    }
    const path = pathname.startsWith("/api/v3/") ? pathname.slice("/api/v3".length) : null;
    for (const operation of path === null ? [] : described) {
      const parameters = operation.matches(method, path ?? "");
      if (parameters === null) continue;
      const problems = operation.problemsOfRequest(query, body);
      violations.push(...problems.map((each) => `request ${method} ${path}: ${each}`));
      if (rights === null) return refused(401, "Bad credentials");
      return carriedOut(operation, { ...request, rights, parameters });
    }
    violations.push(`${method} ${pathname} is nothing that GitHub knows, or that the fake can do`);
    return refused(404, "Not Found");
  };

  const carriedOut = (
    operation: Described,
    { method, rights, parameters, query, body }: Request & { rights: TokenRights; parameters: Record<string, string> },
  ): Answer => {
    const route = [...routes, ...deployRoutes].find(
      (each) => each.method === operation.method && each.path === operation.path,
    );
    if (route === undefined) throw new Error(`The fake cannot do ${method} ${operation.path}`);
    const [permission, needed] = typeof route.needs === "function" ? route.needs({ state, parameters }) : route.needs;
    const has = permission === "metadata" || permission === "contents" ? "read" : rights.permissions[permission];
    if (has === undefined || (needed === "write" && has !== "write")) {
      const headers = { "x-accepted-github-permissions": `${permission.replace("-", "_")}=${needed}` };
      return refused(403, "Resource not accessible by integration", headers);
    }
    const isHere =
      parameters.owner === undefined || `${parameters.owner}/${parameters.repo}` === `${state.owner}/${state.repo}`;
    const result = isHere
      ? route.answer({ state, rights, parameters, query, body: mapOf(body), apiUrl: url("/api/v3"), tick })
      : refused(404, "Not Found");
    if (result.status < 400) {
      if (result.status !== operation.success) violations.push(`${operation.path} answers ${result.status}`);
      const problems = operation.problemsOfAnswer(result.body).filter((each) => !undescribed.test(each));
      violations.push(...problems.map((each) => `answer ${method} ${operation.path}: ${each}`));
    }
    return result;
  };

  const server = createServer((incoming, outgoing) => {
    void receive(incoming).then((request) => {
      const name = `${request.method} ${request.pathname.replace(/^\/api\/v3/, "")}`;
      calls.push(name);
      for (const happening of happenings.filter((each) => each.request.test(name))) {
        happenings.splice(happenings.indexOf(happening), 1);
        happening.happens();
      }
      const date = new Date(Date.parse(tick())).toUTCString();
      const found = faults.find((each) => each.left > 0 && each.fault.request.test(name));
      if (found !== undefined) found.left--;
      const fault = found?.fault;
      if (fault?.hangs === true) return;
      if (fault?.cut === "before") return void incoming.socket.destroy();
      const withRights = { ...request, rights: state.tokens.get(tokenOf(incoming)) ?? null };
      const result =
        fault?.status === undefined
          ? answer(withRights)
          : refused(fault.status, fault.message ?? "Fault", fault.headers);
      if (fault?.cut === "after") return void incoming.socket.destroy();
      send(outgoing, { ...result, headers: { ...result.headers, date } }, fault?.cut === "middle");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const port = (server.address() as AddressInfo).port;
  const url = (path: string): string => `http://127.0.0.1:${port}${path}`;
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    if (violations.length > 0) throw new Error(`GitHub would not have taken this:\n${violations.join("\n")}`);
  });
  return {
    state,
    apiUrl: url("/api/v3"),
    graphqlUrl: url("/api/graphql"),
    calls,
    violations,
    fault: (fault) => void faults.push({ fault, left: fault.times ?? Number.POSITIVE_INFINITY }),
    before: (request, happens) => void happenings.push({ request, happens }),
    tick,
  };
}

/** Of lines that are not there any more GitHub sends null, which its description does not know. */
const undescribed = /^\/\d+\/(?:line|position) must be integer$/;

interface Request {
  readonly method: string;
  readonly pathname: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly rights: TokenRights | null;
}

async function receive(incoming: IncomingMessage): Promise<Request> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString("utf8");
  const { pathname, searchParams } = new URL(incoming.url ?? "/", "http://localhost");
  const body: unknown = text === "" ? undefined : JSON.parse(text);
  return { method: incoming.method ?? "", pathname, query: searchParams, body, rights: null };
}

function tokenOf(incoming: IncomingMessage): string {
  return (incoming.headers.authorization ?? "").replace(/^(?:token|bearer) /i, "");
}

const mapOf = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};

function send(outgoing: ServerResponse, { status, body, headers = {} }: Answer, cut: boolean): void {
  const text = body === undefined ? "" : JSON.stringify(body);
  const all = { ...headers, ...(text === "" ? {} : { "content-type": "application/json; charset=utf-8" }) };
  if (!cut) {
    outgoing.writeHead(status, all).end(text);
    return;
  }
  outgoing.writeHead(status, { ...all, "content-length": String(Buffer.byteLength(text)) });
  outgoing.write(text.slice(0, Math.floor(text.length / 2)), () => outgoing.destroy());
}
