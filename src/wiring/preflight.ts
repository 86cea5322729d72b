import { setTimeout as sleep } from "node:timers/promises";
import type { Settings } from "../commands/settings.ts";
import { type Address, isLocal, parseAddress } from "../database/address.ts";
import { connectOrSay } from "../database/connect.ts";
import { readJournal } from "../database/journal.ts";
import { preflightOver } from "../database/preflight.ts";
import { preflight } from "../deploy/preflight.ts";
import type { Work } from "../deploy/surroundings.ts";
import { run } from "../process/run.ts";

/** The options of commands that write to a database which are about what is looked at before. */
export interface PreflightOptions {
  readonly "after-url"?: string | undefined;
  readonly "allow-other-database"?: boolean | undefined;
}

/** The digests of what succeeded in another environment, by somebody who keeps a record of deploys; null where there is none. */
export type DeployedIn = (environment: string) => Promise<ReadonlySet<string> | null>;

/** What `migrate` looks at before anything runs, over connections of its own. It throws UserError with everything that is wrong. */
export function preflightOf(
  settings: Settings,
  address: Address,
  values: PreflightOptions,
  deployedIn: DeployedIn = async () => null,
): (plan: Work) => Promise<void> {
  const { environment, config } = settings;
  const connectTo = (to: Address, name: string) => connectOrSay(to, { name: `lockkeeper ${name}` });
  return async (plan) => {
    const session = await connectTo(address, "preflight");
    try {
      const other = () => connectTo(address, "preflight 2");
      await preflight(plan, environment, {
        database: preflightOver(session, { other, isLocal: isLocal(address.host) }),
        run: (command) => runCommand(command, settings),
        async succeededBefore() {
          const earlier = environment.after === null ? undefined : config.environments.get(environment.after);
          const variable = earlier?.databaseUrlFrom ?? environment.databaseUrlFrom;
          // The same variable holds the address of this environment, not that of the earlier one.
          const named = variable === environment.databaseUrlFrom ? undefined : process.env[variable];
          const url = values["after-url"] ?? named;
          if (url !== undefined && url !== "") return digestsIn(parseAddress(url));
          return environment.after === null ? null : deployedIn(environment.after);
        },
        otherDatabase: values["allow-other-database"] === true,
        now: () => new Date(),
        sleep: (ms) => sleep(ms),
      });
    } finally {
      await session.close();
    }
  };
}

/** The digests of what is applied there, by its journal. */
async function digestsIn(address: Address): Promise<ReadonlySet<string>> {
  const session = await connectOrSay(address, { name: "lockkeeper preflight" });
  try {
    const last = new Map<string, string | null>();
    for (const { ledger, version, direction, status, digest } of await readJournal(session)) {
      if (status === "applied") last.set(`${ledger} ${version}`, direction === "up" ? digest : null);
      else if (status !== "undone") last.set(`${ledger} ${version}`, null);
    }
    return new Set([...last.values()].filter((digest) => digest !== null));
  } finally {
    await session.close();
  }
}

const commandLimitMs = 60_000;

/** What of a command is said: its status and the last line of its errors. The connection string is taken out of its environment. */
async function runCommand(command: string, { environment }: Settings): Promise<string | null> {
  const ended = await run("/bin/sh", ["-c", command], {
    cwd: process.cwd(),
    env: {
      LOCKKEEPER_ENVIRONMENT: environment.name ?? "",
      DATABASE_URL: "",
      PGPASSWORD: "",
      [environment.databaseUrlFrom]: "",
    },
    timeoutMs: commandLimitMs,
    maxBytes: 1024 ** 2,
  });
  if (ended.kind === "failed") return `failed: ${ended.why}`;
  if (ended.status === 0) return null;
  const said = ended.stderr.trim().split("\n").at(-1)?.slice(0, 200) ?? "";
  return `ended with ${ended.status ?? "a signal"}${said === "" ? "" : `: ${said}`}`;
}
