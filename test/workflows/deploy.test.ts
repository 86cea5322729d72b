import { beforeAll, describe, expect, test } from "vitest";
import { hubot, kim, mona } from "../github/scene.ts";
import { sharedPostgres } from "../support/global-postgres.ts";
import type { Postgres } from "../support/postgres.ts";
import { deployScene, index, table } from "./deploy-scene.ts";

let postgres: Postgres;
beforeAll(async () => {
  postgres = await sharedPostgres();
});

const tables = "SELECT relname FROM pg_class WHERE relname LIKE 'users%' AND relkind IN ('r', 'i') ORDER BY 1";

describe("deploy.yml", () => {
  test("deploys what the policy deploys by itself, and writes it down on GitHub", async () => {
    const scene = await deployScene(postgres);
    const pull = scene.merge(table);
    const ran = await scene.run("deploy.yml", { inputs: { environment: "staging" } });
    expect(ran.errors).toEqual([]);
    expect(ran.jobs.plan?.outputs).toMatchObject({
      deploy: "automatic",
      origins: "approved",
      pending: "1",
      asked: "approved",
    });
    expect(ran.jobs.deploy?.environment).toBe("staging");
    expect(ran.outputs).toMatchObject({ result: "done", applied: "000001" });
    expect(await scene.rows("staging", tables)).toEqual([{ relname: "users" }, { relname: "users_pkey" }]);
    const [deployment] = scene.github.state.deployments.filter(({ task }) => task === "lockkeeper");
    expect(deployment?.environment).toBe("staging");
    expect(deployment?.payload).toMatchObject({
      lockkeeper: { schema: 1, environment: "staging", digest: ran.outputs.digest, result: "applied" },
    });
    expect(deployment?.statuses.map(({ state }) => state)).toEqual(["success"]);
    const [comment] = scene.github.state.comments.filter(({ number }) => number === pull.number);
    expect(comment?.body).toContain("are in staging");
  });
});
