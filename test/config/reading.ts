import type { Config } from "../../src/config/config.ts";
import { parseConfig } from "../../src/config/parse.ts";
import { UserError } from "../../src/errors.ts";
import { configSource } from "../../src/workspace/yaml.ts";

export const rules = [
  { id: "create-index-concurrently", canBeTurnedOff: true },
  { id: "drop-column", canBeTurnedOff: true },
  { id: "drop-table", canBeTurnedOff: true },
  { id: "syntax-error", canBeTurnedOff: false },
];

export const path = ".github/lockkeeper.yml";

/** The config that this text says, read as it is read from disk. */
export function configOf(text: string): Config {
  return parseConfig(configSource({ path, bytes: new TextEncoder().encode(text) }), { rules });
}

/** What a user reads about this text, as the command prints a user error. */
export function refusalOf(text: string): string {
  try {
    configOf(text);
  } catch (error) {
    if (error instanceof UserError) return printed(error);
    throw error;
  }
  throw new Error("the config was accepted");
}

/** The problems alone, without the path: `3:1: unknown key …`. */
export function problemsOf(text: string): readonly string[] {
  return refusalOf(text)
    .split("\n")
    .filter((line) => line.startsWith(`  ${path}:`))
    .map((line) => line.slice(`  ${path}:`.length));
}

export function printed(error: UserError): string {
  const hint = error.hint === null ? [] : [`  What to do: ${error.hint}`];
  return [error.message, ...error.details.map((detail) => `  ${detail}`), ...hint, `  Code: ${error.code}`].join("\n");
}
