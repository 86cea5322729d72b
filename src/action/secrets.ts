import { readSettings } from "../commands/settings.ts";
import type { Environment } from "../config/environments.ts";
import { parseAddress } from "../database/address.ts";
import { UserError } from "../errors.ts";
import type { DatabaseInputs } from "../github/database-inputs.ts";
import type { CommonInputs } from "../github/inputs.ts";
import type { Workspace } from "../ports.ts";

/** Shorter ones would take half of the log away. */
const leastLength = 4;

/** Everything that must not be shown: what the inputs and the variables that the config names hold, whole and in its parts. */
export async function secretsOf(
  { options, config }: CommonInputs & DatabaseInputs,
  env: NodeJS.ProcessEnv,
  workspace: Workspace,
): Promise<readonly string[]> {
  const named = await namedBy(config, workspace);
  const values = [options["database-url"], options["after-url"], env.PGPASSWORD, ...named.map((name) => env[name])];
  const secrets = values.flatMap((value) => (value === undefined ? [] : partsOf(value)));
  return [...new Set(secrets)].filter((secret) => secret.length >= leastLength);
}

/** The variables of every environment: a step sees all that its job was given. */
async function namedBy(config: string | null, workspace: Workspace): Promise<readonly string[]> {
  try {
    const { config: all, environment } = await readSettings({ config, environment: null }, workspace);
    return [environment, ...all.environments.values()].flatMap(variablesOf);
  } catch (thrown) {
    // Told by the command itself, which reads it too.
    if (thrown instanceof UserError) return ["DATABASE_URL"];
    throw thrown;
  }
}

function variablesOf({ databaseUrlFrom, backup, notify }: Omit<Environment, "name">): readonly string[] {
  return [databaseUrlFrom, backup.scratchUrlFrom, ...notify.map(({ urlFrom }) => urlFrom)];
}

/** A connection string, with its passwords as they are written and as they are sent. */
export function partsOf(secret: string): readonly string[] {
  const written = [...secret.matchAll(passwords)].flatMap((match) =>
    match.slice(1).filter((part) => part !== undefined),
  );
  const sent = passwordsOf(secret).flatMap((password) => [password, encodeURIComponent(password)]);
  return [secret, ...written, ...sent];
}

/** user:password@ of a URL, and password=… of a URL's parameters or of a list of keywords, with and without quotes. */
const passwords = /:\/\/([^\s:/@]*:([^\s@]*))@|(?:^|[?&\s])(?:ssl)?password\s*=\s*(?:'((?:[^'\\]|\\.)*)'|([^\s&']+))/gi;

function passwordsOf(url: string): readonly string[] {
  try {
    const { password, tls } = parseAddress(url);
    return [password, tls.keyPassword].filter((each) => each !== null);
  } catch (thrown) {
    if (thrown instanceof UserError) return [];
    throw thrown;
  }
}
