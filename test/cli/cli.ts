import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The built command line, as it ships. */
export const program = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));

export interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  /** The directory in which the command is started. */
  readonly cwd: string;
  /** Another copy of the command line than the one that was built last. */
  readonly program?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs `node dist/cli.js` with these words, as a process of its own that knows nothing of the test's environment. */
export function lockkeeper(
  args: readonly string[],
  { cwd, env = {}, program: started = program }: Started,
): Promise<Run> {
  return new Promise((resolve, reject) => {
    const options = { cwd, env, encoding: "utf8", maxBuffer: 2 ** 28 } as const;
    execFile(process.execPath, [started, ...args], options, (error, stdout, stderr) => {
      if (error !== null && typeof error.code !== "number") reject(error);
      else resolve({ status: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
    });
  });
}

/** The lines that name a finding: its place, its risk or "blocked", its rule. */
export function findingsIn({ stdout }: Run): readonly string[] {
  return stdout.split("\n").filter((line) => /^\S.*:\d+:\d+ {2}(low|medium|high|critical|blocked)\b/.test(line));
}

/** The line that says what was checked. */
export function coverageIn({ stdout }: Run): string | undefined {
  return stdout.split("\n").find((line) => line.startsWith("Checked: "));
}

/** The line with the verdict. */
export function verdictIn({ stdout }: Run): string | undefined {
  return stdout.split("\n").find((line) => line.startsWith("Verdict: "));
}

/** The lines of a user error; its first is the message, its last the code. */
export function errorOf({ status, stdout, stderr }: Run): readonly string[] {
  if (status !== 2 || stdout !== "" || !stderr.endsWith("\n")) {
    throw new Error(`No user error: exit status ${status}\n${stdout}${stderr}`);
  }
  return stderr.trimEnd().split("\n");
}

/** Three migrations as golang-migrate names them: a table, an index on it, and its end. */
export const chain = {
  "db/migrations/000001_create_users.up.sql":
    "CREATE TABLE users (id bigint PRIMARY KEY, email text);\nCREATE INDEX users_email ON users (email);\n",
  "db/migrations/000001_create_users.down.sql": "DROP TABLE users;\n",
  "db/migrations/000002_index_users.up.sql": "CREATE INDEX users_id_email ON users (id, email);\n",
  "db/migrations/000002_index_users.down.sql": "DROP INDEX users_id_email;\n",
  "db/migrations/000003_drop_users.up.sql": "-- nobody asks for it any more\nDROP TABLE users;\n",
  "db/migrations/000003_drop_users.down.sql": "CREATE TABLE users (id bigint PRIMARY KEY, email text);\n",
} as const;
