import { type Config, defaultConfig } from "../config/config.ts";
import { defaultEnvironment, type Environment } from "../config/environments.ts";
import { parseConfig } from "../config/parse.ts";
import { UserError } from "../errors.ts";
import type { Workspace } from "../ports.ts";
import { rules } from "../rules/index.ts";
import { canBeTurnedOff } from "../rules/rule.ts";
import { list, nearest } from "../text.ts";

/** What the project says, as the commands that work on a database need it. */
export interface Settings {
  readonly config: Config;
  /** The config file; null where there is none. */
  readonly path: string | null;
  /** The environment that was asked for; its defaults under no name where none was. */
  readonly environment: Omit<Environment, "name"> & { readonly name: string | null };
}

/** Reads the config, and finds the environment in it. Throws UserError. */
export async function readSettings(
  { config: asked, environment }: { readonly config: string | null; readonly environment: string | null },
  workspace: Workspace,
): Promise<Settings> {
  const source = await workspace.config(asked);
  const known = rules.map((rule) => ({ id: rule.id, canBeTurnedOff: canBeTurnedOff(rule) }));
  const config = source === null ? defaultConfig : parseConfig(source, { rules: known });
  return { config, path: source?.path ?? null, environment: environmentOf(config, environment) };
}

function environmentOf(config: Config, name: string | null): Settings["environment"] {
  const { preflight, backup, verify, hooks, notify } = config;
  if (name === null) return { ...defaultEnvironment, name: null, preflight, backup, verify, hooks, notify };
  const found = config.environments.get(name);
  if (found !== undefined) return found;
  const names = [...config.environments.keys()];
  const meant = nearest(name, names);
  throw new UserError("environment-unknown", `There is no environment ${name} in the config.`, {
    ...(names.length === 0 ? {} : { details: [`It has: ${list(names)}.`] }),
    hint:
      meant === null
        ? `write it there under environments: (${name}: {} has all the defaults).`
        : `did you mean --environment ${meant}?`,
  });
}

/** The connection string: the option's, or that of the variable of the environment. Throws UserError where there is none. */
export function databaseUrl(
  option: string | null,
  { environment }: Settings,
  variables: Readonly<Record<string, string | undefined>>,
): string {
  const url = option ?? variables[environment.databaseUrlFrom] ?? "";
  if (url !== "") return url;
  const of = environment.name === null ? "" : ` of the environment ${environment.name}`;
  throw new UserError("database-url-missing", `The database${of} is not named.`, {
    details: [`The variable ${environment.databaseUrlFrom} is not set, and --database-url is not given.`],
    hint: `set ${environment.databaseUrlFrom} to postgres://user:password@host:port/database.`,
  });
}
