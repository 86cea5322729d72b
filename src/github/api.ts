import { Octokit } from "@octokit/core";
import { paginateRest } from "@octokit/plugin-paginate-rest";
import { UserError } from "../errors.ts";
import { newPatience, patiently, type Refusal } from "./retry.ts";

/** Where the repository's GitHub is, and as whom we come. */
export interface Server {
  /** As the runner says: another one on GitHub Enterprise Server. */
  readonly apiUrl: string;
  readonly graphqlUrl: string;
  readonly token: string;
  readonly owner: string;
  readonly repo: string;
}

const Client = Octokit.plugin(paginateRest);

/** GitHub's API for one repository. */
export interface Api {
  readonly request: Octokit["request"];
  /** All pages of a list. */
  readonly pages: InstanceType<typeof Client>["paginate"];
  /** What a query answers. Throws UserError or a refusal, as a request does. */
  graphql(query: string, variables: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** The repository, as the parameters of a request take it. */
  readonly here: { readonly owner: string; readonly repo: string };
  /** What GitHub's clock showed at the last answer, as GitHub writes times; "" before the first. */
  now(): string;
}

/** Opens the API. Nothing is asked yet. Answers are waited for with patience, within limits for the whole run. */
export function openApi({ apiUrl, graphqlUrl, token, owner, repo }: Server): Api {
  const quiet = () => undefined;
  const client = new Client({
    auth: token,
    baseUrl: apiUrl,
    userAgent: "lockkeeper",
    // The toolkit would print what servers write into headers.
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
  });
  const patience = newPatience();
  let date = "";
  client.hook.wrap("request", (request, options) =>
    patiently(
      async () => {
        const response = await request(options);
        date = timeOf(response.headers.date) ?? date;
        // A connection that ends in the middle of an answer leaves a part of its text.
        if (typeof response.data === "string" && response.status !== 204) throw new CutOff();
        return response;
      },
      { patience, refusalOf: options.request?.once === true ? onlyLimits : refusalOf },
    ),
  );
  return {
    request: client.request,
    pages: client.paginate,
    async graphql(query, variables) {
      const { data } = await client.request({ method: "POST", url: graphqlUrl, query, variables });
      return answerOf(data);
    },
    here: { owner, repo },
    now: () => date,
  };
}

/** Marks a request that must not be sent again where nobody knows whether it was carried out. */
export const once = { request: { once: true } } as const;

class CutOff extends Error {}

/** A request that GitHub did not carry out; null for what is none. */
export function refusalOf(thrown: unknown): Refusal | null {
  if (thrown instanceof CutOff)
    return { status: 0, message: "the connection was cut in the middle of the answer", headers: {} };
  if (!(thrown instanceof Error) || !("status" in thrown) || typeof thrown.status !== "number") return null;
  const response = "response" in thrown ? thrown.response : undefined;
  // Without an answer the client makes up a status.
  if (typeof response !== "object" || response === null) return { status: 0, message: thrown.message, headers: {} };
  const headers = "headers" in response ? response.headers : undefined;
  return { status: thrown.status, message: thrown.message, headers: headersOf(headers) };
}

/** Too many requests are refused before anything is done, so that these may always be sent again. */
function onlyLimits(thrown: unknown): Refusal | null {
  const refusal = refusalOf(thrown);
  return refusal !== null && (refusal.status === 403 || refusal.status === 429) ? refusal : null;
}

function headersOf(value: unknown): Refusal["headers"] {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter(([, each]) => typeof each === "string" || typeof each === "number"),
  );
}

/** "Tue, 01 Sep 2026 10:00:00 GMT" as GitHub writes times elsewhere. */
function timeOf(header: string | undefined): string | null {
  const time = Date.parse(header ?? "");
  return Number.isNaN(time) ? null : new Date(time).toISOString().replace(/\.\d+Z$/, "Z");
}

/** GraphQL tells of its errors in answers that look like success. */
function answerOf(data: unknown): unknown {
  if (typeof data !== "object" || data === null) return null;
  if ("errors" in data && Array.isArray(data.errors) && data.errors.length > 0) {
    const first: unknown = data.errors[0];
    const message = typeof first === "object" && first !== null && "message" in first ? String(first.message) : "";
    throw new UserError("github-query-refused", `GitHub refused a query: ${message.slice(0, 300)}`);
  }
  return "data" in data ? data.data : null;
}
