import { UserError } from "../errors.ts";
import type { ConfigSource, Tree } from "../ports.ts";
import { printable } from "../text.ts";
import { maxConfigBytes, usualPlaces } from "./config-file.ts";

/** The config file of a commit; null where it has none at this place, or at the usual places when the path is null. */
export async function configIn(tree: Tree, path: string | null): Promise<ConfigSource | null> {
  const found: { readonly path: string; readonly bytes: Uint8Array }[] = [];
  for (const place of path === null ? usualPlaces : [path]) {
    const content = await tree.read(place);
    if (content === null) continue;
    if (content.kind === "unreadable") throw unusable(place, content.why);
    if (content.bytes.length > maxConfigBytes) throw unusable(place, "is too large for a config file");
    found.push({ path: place, bytes: content.bytes });
  }
  const [one, other] = found;
  if (one === undefined) return null;
  if (other !== undefined) {
    throw new UserError("config-ambiguous", `There are two config files in the base: ${one.path} and ${other.path}.`, {
      hint: "keep one of them, or name the one to use with the input config.",
    });
  }
  const { configSource } = await import("./yaml.ts");
  return configSource(one);
}

function unusable(path: string, why: string): UserError {
  return new UserError("config-unreadable", `The config file ${printable(path)} of the base ${why}.`, {
    hint: "put a readable YAML file there.",
  });
}
