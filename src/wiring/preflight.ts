import { setTimeout as sleep } from "node:timers/promises";
import type { Settings } from "../commands/settings.ts";
import { type Address, isLocal, parseAddress } from "../database/address.ts";
import { connectOrSay } from "../database/connect.ts";
import { readJournal } from "../database/journal.ts";
import { preflightOver } from "../database/preflight.ts";
import { preflight } from "../deploy/preflight.ts";
import type { Work } from "../deploy/surroundings.ts";
import { Refusal } from "../errors.ts";
import { wasRun } from "../plan/attempt.ts";
import { withoutAddresses } from "../process/environment.ts";
import { follow } from "../process/follow.ts";

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
  { address, signal }: { readonly address: Address; readonly signal: AbortSignal },
  values: PreflightOptions,
  deployedIn: DeployedIn = async () => null,
): (plan: Work) => Promise<void> {
  const { environment, config } = settings;
  const connectTo = (to: Address, name: string) => connectOrSay(to, { name: `lockkeeper ${name}` });
  return async (plan) => {
    const session = await connectTo(address, "preflight");
    try {
      const other = () => connectTo({ ...address, hosts: [session.at] }, "preflight 2");
      await preflight(plan, environment, {
        database: preflightOver(session, { other, isLocal: isLocal(address) }),
        run: (command) => runCommand(command, settings, signal),
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
        sleep: (ms) => sleep(ms, undefined, { signal }),
      });
    } catch (thrown) {
      throw signal.aborted ? cancelled() : thrown;
    } finally {
      await session.close();
    }
  };
}

function cancelled(): Refusal {
  return new Refusal("interrupted", "The run was cancelled before anything was begun.", {
    hint: "run it again: the database is as it was.",
  });
}

/** The digests of what is applied there, by its journal. */
async function digestsIn(address: Address): Promise<ReadonlySet<string>> {
  const session = await connectOrSay(address, { name: "lockkeeper preflight" });
  try {
    const last = new Map<string, string | null>();
    for (const { ledger, version, direction, status, digest } of (await readJournal(session)).filter(wasRun)) {
      if (status === "applied") last.set(`${ledger} ${version}`, direction === "up" ? digest : null);
      else if (status !== "undone") last.set(`${ledger} ${version}`, null);
    }
    return new Set([...last.values()].filter((digest) => digest !== null));
  } finally {
    await session.close();
  }
}

const commandLimitMs = 60_000;

/** What of a command is said: its status and the last line of its errors. It is not told the connection string. */
async function runCommand(command: string, { environment }: Settings, signal: AbortSignal): Promise<string | null> {
  const ended = await follow("/bin/sh", ["-c", command], {
    cwd: process.cwd(),
    env: { ...withoutAddresses(process.env), LOCKKEEPER_ENVIRONMENT: environment.name ?? "" },
    stdout: { kind: "nowhere" },
    timeoutMs: commandLimitMs,
    signal,
  });
  switch (ended.kind) {
    case "failed":
      return `failed: ${ended.why}`;
    case "stopped":
      return ended.why === "timeout" ? `took longer than ${commandLimitMs / 1000} s` : "was ended";
    case "ended": {
      if (ended.status === 0) return null;
      const said = ended.said.trim().split("\n").at(-1)?.slice(0, 200) ?? "";
      return `ended with ${ended.status ?? "a signal"}${said === "" ? "" : `: ${said}`}`;
    }
  }
}
