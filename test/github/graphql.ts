import { readFileSync } from "node:fs";
import { buildSchema, type GraphQLSchema, graphqlSync } from "graphql";
import { type Answer, refused } from "./routes.ts";
import type { State, TokenRights } from "./state.ts";

/** The part of GitHub's GraphQL schema that the queries of src/github/queries.ts use; scripts/github-schemas.ts writes it. */
export const schema: GraphQLSchema = buildSchema(readFileSync(new URL("./schema.graphql", import.meta.url), "utf8"));

/** Answers a query by GitHub's schema; one that it would not take is a violation. */
export function graphql(state: State, rights: TokenRights, body: unknown, violations: string[]): Answer {
  const { query = "", variables = {} } = body as { query?: string; variables?: Record<string, unknown> };
  const result = graphqlSync({
    schema,
    source: query,
    variableValues: variables,
    rootValue: rootOf(state, rights),
    fieldResolver: (source, args, _, { fieldName }) => {
      const found = source[fieldName];
      return typeof found === "function" ? found(args) : found;
    },
  });
  const refusals = (result.errors ?? []).filter(({ originalError }) => originalError instanceof Refused);
  const wrong = (result.errors ?? []).filter((error) => !refusals.includes(error));
  violations.push(...wrong.map(({ message }) => `graphql: ${message}`));
  if (result.errors === undefined) return { status: 200, body: result };
  if (wrong.length > 0) return refused(400, wrong[0]?.message ?? "");
  // As GitHub does: with status 200.
  const errors = refusals.map(({ message, path }) => ({ type: "FORBIDDEN", path, message }));
  return { status: 200, body: { data: result.data ?? null, errors } };
}

class Refused extends Error {}

function rootOf(state: State, { account, permissions }: TokenRights) {
  return {
    viewer: { login: account.login, databaseId: account.id },
    repository: ({ owner, name }: { owner: string; name: string }) =>
      owner === state.owner && name === state.repo ? repositoryOf(state, permissions) : null,
    minimizeComment: ({ input }: { input: { subjectId: string } }) => {
      if (permissions["pull-requests"] !== "write") throw new Refused("Resource not accessible by integration");
      const comment = state.reviewComments.find(({ id }) => `PRRC_${id}` === input.subjectId);
      if (comment === undefined) throw new Refused("Could not resolve to a node with the global id");
      comment.isMinimized = true;
      return { clientMutationId: null };
    },
  };
}

function repositoryOf(state: State, permissions: TokenRights["permissions"]) {
  return {
    pullRequests: ({ first, baseRefName }: { first: number; baseRefName: string }) => {
      if (permissions["pull-requests"] === undefined) throw new Refused("Resource not accessible by integration");
      const open = [...state.pulls.values()].filter((pull) => pull.isOpen && pull.baseRef === baseRefName).reverse();
      return {
        totalCount: open.length,
        nodes: open.slice(0, first).map(({ number, title, files }) => ({
          number,
          title,
          files: (args: { first: number }) => ({
            totalCount: files.length,
            nodes: files.slice(0, args.first).map(({ path, status }) => ({ path, changeType: changes[status] })),
          }),
        })),
      };
    },
  };
}

const changes = { added: "ADDED", modified: "MODIFIED", removed: "DELETED", renamed: "RENAMED" };
