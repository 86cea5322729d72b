import { randomBytes } from "node:crypto";
import { onTestFinished } from "vitest";
import { type FakeGitHub, fakeGitHub } from "../github/fake.ts";
import { type Files, newRepository, type Repository } from "../github/repository.ts";
import { hubot, kim, mona } from "../github/scene.ts";
import type { Person, Pull } from "../github/state.ts";
import type { Postgres } from "../support/postgres.ts";
import { type Call, type Ran, runWorkflow } from "./run.ts";

/** A repository whose main branch is deployed, its GitHub, and a database for each environment. */
export interface DeployScene {
  readonly github: FakeGitHub;
  readonly repository: Repository;
  /** A pull request that is merged, with these people's approvals of its newest commit. */
  merge(files: Files, by?: { readonly approvedBy?: readonly Person[]; readonly author?: Person }): Pull;
  /** What reached the branch another way. */
  push(files: Files): string;
  /** The connection string of an environment. */
  url(environment: "staging" | "production"): string;
  /** Puts the table into an environment, as golang-migrate leaves it. */
  hasTable(environment: "staging" | "production"): Promise<void>;
  /** The rows of a query in an environment. */
  rows(environment: "staging" | "production", sql: string): Promise<readonly Record<string, unknown>[]>;
  run(name: string, call?: Partial<Call>): Promise<Ran>;
}

export const config = "version: 1\nenvironments:\n  staging: {}\n  production: {}\n";
/** A plan that the policy deploys by itself. */
export const table: Files = {
  "db/migrations/000001_users.up.sql": "CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL);\n",
  "db/migrations/000001_users.down.sql": "DROP TABLE users;\n",
};
/** One that a reviewer has to agree to, and that no backup is required for. */
export const index: Files = {
  "db/migrations/000002_users_name.up.sql":
    "-- lockkeeper:no-transaction\nCREATE INDEX CONCURRENTLY users_name ON users (name);\n",
  "db/migrations/000002_users_name.down.sql":
    "-- lockkeeper:no-transaction\nDROP INDEX CONCURRENTLY IF EXISTS users_name;\n",
};

export async function deployScene(postgres: Postgres, files: Files = {}): Promise<DeployScene> {
  const github = await fakeGitHub();
  const repository = newRepository({ ".github/lockkeeper.yml": config, ...files });
  github.state.git = repository.path;
  for (const { login } of [mona, hubot, kim]) github.state.permissions.set(login, "write");
  github.state.environments.set("staging", { reviewers: [] });
  github.state.environments.set("production", { reviewers: [hubot] });
  const tag = randomBytes(4).toString("hex");
  const databases = { staging: `deploy_${tag}_staging`, production: `deploy_${tag}_production` };
  for (const name of Object.values(databases)) {
    await postgres.createDatabase(name);
    onTestFinished(() => postgres.dropDatabase(name));
  }
  let number = 10;
  return {
    github,
    repository,
    merge(changes, { approvedBy = [], author = mona } = {}) {
      number++;
      const head = repository.commit(`change-${number}`, changes);
      const base = repository.git("rev-parse", "main");
      repository.merge("refs/heads/main", base, head);
      const pull: Pull = {
        ...{ number, head, headRef: `change-${number}`, headRepository: "octo/shop", base, baseRef: "main" },
        ...{ title: "Change", author, isOpen: false, files: [] },
        merged: { at: github.tick(), commits: [head] },
      };
      github.state.pulls.set(number, pull);
      for (const person of approvedBy) {
        const review = { number, author: person, commit: head, state: "APPROVED", at: github.tick() };
        github.state.reviews.push({ id: number * 100 + person.id, ...review });
      }
      return pull;
    },
    push: (changes) => {
      repository.git("checkout", "--quiet", "main");
      return repository.commit("main", changes);
    },
    url: (environment) => postgres.url(databases[environment]),
    async hasTable(environment) {
      await postgres.withClient(databases[environment], async (client) => {
        await client.query(table["db/migrations/000001_users.up.sql"] ?? "");
        await client.query("CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL)");
        await client.query("INSERT INTO schema_migrations VALUES (1, false)");
      });
    },
    rows: (environment, sql) =>
      postgres.withClient(databases[environment], async (client) => (await client.query(sql)).rows),
    run: (name, call = {}) => {
      const environment = call.inputs?.environment === "staging" ? "staging" : "production";
      const secrets = { DATABASE_URL: postgres.url(databases[environment]) };
      return runWorkflow(name, { github, repository, secrets, ...call });
    },
  };
}
