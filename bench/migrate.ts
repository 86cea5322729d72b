import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createConnection, createServer, type Socket } from "node:net";
import { cpus, tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { startPostgres } from "../test/support/postgres.ts";

/**
 * What applying costs beside other tools, everything in turns in the same run: generated migrations, each in a transaction of its own, on a
 * server with fsync on a disk; once more with 5 ms of added latency. Node's own start is measured too: it is not the tool's.
 */
const root = fileURLToPath(new URL("..", import.meta.url));
const peers = `${root}bench/peers/node_modules/`;
const sizes = (process.env.MIGRATIONS ?? "163,1000").split(",").map(Number);
const rounds = Number(process.env.ROUNDS ?? 3);
const latencyMs = 5;

/** A table, a column, an index or a constraint: what migrations mostly are, and nothing that takes time itself. */
function sqlOf(i: number): string {
  const table = `t${Math.floor(i / 4) + 1}`;
  switch (i % 4) {
    case 0:
      return `CREATE TABLE ${table} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, made timestamptz);\n`;
    case 1:
      return `ALTER TABLE ${table} ADD COLUMN note text;\nALTER TABLE ${table} ADD COLUMN amount numeric(12, 2);\n`;
    case 2:
      return `CREATE INDEX ${table}_name ON ${table} (name);\n`;
    default:
      return `ALTER TABLE ${table} ADD CONSTRAINT ${table}_amount CHECK (amount >= 0);\nCOMMENT ON TABLE ${table} IS 'number ${i}';\n`;
  }
}

/** The same migrations as each tool wants them; answers its directory. */
function writeAll(directory: string, count: number): void {
  for (const name of ["lockkeeper", "dbmate", "node-pg-migrate", "sql-migrate", "graphile/committed"]) {
    mkdirSync(`${directory}/${name}`, { recursive: true });
  }
  let previous = "-";
  let all = "";
  for (let i = 0; i < count; i++) {
    const sql = sqlOf(i);
    const number = String(i + 1).padStart(6, "0");
    writeFileSync(`${directory}/lockkeeper/${number}_step.up.sql`, sql);
    writeFileSync(`${directory}/dbmate/2026${number}0000_step.sql`, `-- migrate:up\n${sql}\n-- migrate:down\n`);
    writeFileSync(
      `${directory}/node-pg-migrate/${1700000000000 + i}_step.sql`,
      `-- Up Migration\n${sql}\n-- Down Migration\n`,
    );
    writeFileSync(`${directory}/sql-migrate/${number}-step.sql`, `-- +migrate Up\n${sql}\n-- +migrate Down\n`);
    const hash = `sha1:${createHash("sha1")
      .update(`${`${previous === "-" ? "" : previous}\n${sql.trim()}`.trim()}\n`)
      .digest("hex")}`;
    writeFileSync(
      `${directory}/graphile/committed/${number}-step.sql`,
      `--! Previous: ${previous}\n--! Hash: ${hash}\n\n${sql}`,
    );
    previous = hash;
    all += `BEGIN;\n${sql}COMMIT;\n`;
  }
  writeFileSync(`${directory}/all.sql`, all);
}

interface Tool {
  readonly name: string;
  /** Whether Node's start is a part of its time. */
  readonly node: boolean;
  run(
    directory: string,
    url: string,
  ): {
    readonly command: string;
    readonly args: readonly string[];
    readonly env?: NodeJS.ProcessEnv;
    readonly cwd?: string;
  };
}

/** Debian's sql-migrate: npm has none, and it is left out where it is not installed. */
const sqlMigrate = "/usr/bin/sql-migrate";

const all: readonly Tool[] = [
  {
    name: "lockkeeper migrate",
    node: true,
    run: (directory, url) => ({
      command: process.execPath,
      args: [process.env.CLI ?? `${root}dist/cli.js`, "migrate", "lockkeeper", "--format", "json"],
      env: { DATABASE_URL: url },
      cwd: directory,
    }),
  },
  {
    name: "psql, one process, no ledger",
    node: false,
    run: (directory, url) => ({
      command: "psql",
      args: ["-q", "-v", "ON_ERROR_STOP=1", "-f", `${directory}/all.sql`, url],
    }),
  },
  {
    name: "dbmate",
    node: true,
    run: (directory, url) => ({
      command: `${peers}.bin/dbmate`,
      args: ["--url", url, "--migrations-dir", `${directory}/dbmate`, "--no-dump-schema", "up"],
    }),
  },
  {
    name: "node-pg-migrate",
    node: true,
    run: (directory, url) => ({
      command: `${peers}.bin/node-pg-migrate`,
      args: ["up", "-m", `${directory}/node-pg-migrate`, "--no-single-transaction", "--no-verbose"],
      env: { DATABASE_URL: url },
    }),
  },
  {
    name: "sql-migrate",
    node: false,
    run(directory, url) {
      const path = `${directory}/dbconfig.yml`;
      writeFileSync(path, `development:\n  dialect: postgres\n  datasource: ${url}\n  dir: ${directory}/sql-migrate\n`);
      return { command: sqlMigrate, args: ["up", `-config=${path}`] };
    },
  },
  {
    name: "graphile-migrate",
    node: true,
    run(directory, url) {
      const config = {
        connectionString: url,
        migrationsFolder: `${directory}/graphile`,
        manageGraphileMigrateSchema: true,
      };
      writeFileSync(`${directory}/gmrc.json`, JSON.stringify(config));
      return {
        command: `${peers}.bin/graphile-migrate`,
        args: ["migrate", "--config", `${directory}/gmrc.json`],
        env: { DATABASE_URL: url },
      };
    },
  },
];

async function timed({ command, args, env, cwd }: ReturnType<Tool["run"]>): Promise<number> {
  const start = performance.now();
  const child = spawn(command, args, { env: { ...process.env, ...env }, cwd, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (text: Buffer) => {
      said = (said + text.toString()).slice(-2_000);
    });
  }
  const [status] = await once(child, "close");
  if (status !== 0) throw new Error(`${command} ended with ${String(status)}:\n${said}`);
  return performance.now() - start;
}

/** The server, but 5 ms further away. */
async function farAway(port: number): Promise<{ readonly port: number; stop(): void }> {
  const sockets = new Set<Socket>();
  const listener = createServer((client) => {
    const server = createConnection({ port, host: "127.0.0.1" });
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      sockets.add(socket);
      socket.on("error", () => undefined);
    }
    client.on("data", (bytes) => setTimeout(() => server.write(bytes), latencyMs));
    client.on("close", () => setTimeout(() => server.end(), latencyMs));
    server.on("data", (bytes) => client.write(bytes));
    server.on("close", () => client.end());
  }).listen(0, "127.0.0.1");
  await once(listener, "listening");
  const address = listener.address();
  const stop = (): void => {
    for (const socket of sockets) socket.destroy();
    listener.close();
  };
  return { port: address !== null && typeof address === "object" ? address.port : 0, stop };
}

const median = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;

const tools = all.filter(({ name }) => name !== "sql-migrate" || existsSync(sqlMigrate));
const missing = tools.slice(2).find(({ name, node }) => node && !existsSync(`${peers}.bin/${name}`));
if (missing !== undefined)
  throw new Error(`${missing.name} is not in bench/peers/node_modules: run npm run bench:migrate.`);
// The server's end is waited for, and nothing else keeps this process alive by then.
const awake = setInterval(() => undefined, 1_000);
const postgres = await startPostgres({
  settings: { fsync: "on", synchronous_commit: "on", full_page_writes: "on", shared_buffers: "128MB" },
  on: "disk",
});
const far = await farAway(postgres.port);
process.stdout.write(
  `${cpus().length} cores, ${cpus()[0]?.model ?? "unknown"}; medians of ${rounds}; without Node's own start\n`,
);
try {
  const starts: number[] = [];
  for (let i = 0; i < 7; i++) starts.push(await timed({ command: process.execPath, args: ["-e", "0"] }));
  const nodeMs = median(starts);
  if (tools.length < all.length) process.stdout.write(`sql-migrate is left out: ${sqlMigrate} is not there.\n`);
  process.stdout.write(`Node's own start: ${nodeMs.toFixed(0)} ms\n`);
  for (const count of sizes) {
    const directory = mkdtempSync(`${tmpdir()}/lockkeeper-bench-`);
    writeAll(directory, count);
    for (const [where, port] of [
      ["on this machine", postgres.port],
      [`${latencyMs} ms away`, far.port],
    ] as const) {
      const times = tools.map((): number[] => []);
      for (let round = 0; round < rounds; round++) {
        for (const [i, tool] of tools.entries()) {
          await postgres.dropDatabase("bench");
          await postgres.createDatabase("bench");
          const url = postgres.url("bench").replace(`:${postgres.port}/`, `:${port}/`);
          times[i]?.push((await timed(tool.run(directory, url))) - (tool.node ? nodeMs : 0));
        }
      }
      const medians = times.map(median);
      const best = Math.min(...medians.slice(1));
      process.stdout.write(`\n${count} migrations, ${where}\n`);
      for (const [i, { name }] of tools.entries()) {
        const ms = medians[i] ?? 0;
        process.stdout.write(
          `  ${name.padEnd(30)} ${ms.toFixed(0).padStart(6)} ms  ${(ms / count).toFixed(2).padStart(6)} each  ${(ms / best).toFixed(2)} ×\n`,
        );
      }
    }
    rmSync(directory, { recursive: true });
  }
} finally {
  far.stop();
  await postgres.stop();
  clearInterval(awake);
}
