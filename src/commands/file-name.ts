import type { Layout as LayoutId } from "../config/config.ts";
import { UserError } from "../errors.ts";
import { printable } from "../text.ts";

/** Bytes of UTF-8: file systems take names of 255, and the version, the ending and a ".down" need their part. */
const mostBytes = 180;

/**
 * What the user calls a migration, as it stands in a file's name. Letters and digits of every script, _ and - are taken: nothing that
 * a shell, a path, a log of a workflow or the layout would read in another way. Throws UserError for anything else.
 */
export function fileNameOf(asked: string, layout: LayoutId): string {
  const name = inForm(asked.normalize("NFC").trim(), layout);
  const strange = /[^\p{L}\p{N}\p{M}_-]/u.exec(name)?.[0];
  if (name === "" || /^[-_]+$/.test(name)) {
    throw new UserError("name-invalid", "The name of the migration is empty.", {
      hint: 'say what it does: lockkeeper new "add email to users".',
    });
  }
  if (strange !== undefined) {
    throw new UserError("name-invalid", `The name of a migration cannot have ${inWords(strange)} in it.`, {
      details: [`The name asked for is ${printable(asked).slice(0, 100)}.`],
      hint: "use letters and digits of any script, spaces, _ and -.",
    });
  }
  const bytes = new TextEncoder().encode(name).length;
  if (bytes > mostBytes) {
    throw new UserError("name-invalid", `The name of the migration has ${bytes} bytes; at most ${mostBytes} fit.`, {
      hint: "say it in fewer words, and the rest in a comment in the file.",
    });
  }
  return name;
}

function inForm(name: string, layout: LayoutId): string {
  const words = name.replace(/\s+/gu, "_");
  switch (layout) {
    // Both tools write small letters with _ between the words.
    case "goose":
    case "prisma":
      return words
        .replace(/(?<=[\p{Ll}\p{N}])(?=\p{Lu})/gu, "_")
        .replaceAll("-", "_")
        .toLowerCase();
    case "node-pg-migrate":
      return words.replaceAll("_", "-");
    default:
      return words;
  }
}

function inWords(character: string): string {
  const shown = printable(character);
  return shown === character && character.trim() !== "" ? character : shown === character ? "such a space" : shown;
}
