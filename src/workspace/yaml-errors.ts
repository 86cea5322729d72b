import type { YAMLError } from "yaml";
import { oneLine } from "./reasons.ts";

/** What the YAML reader says, in words for someone who does not know its grammar. */
export function inPlainWords(error: YAMLError, text: string): string {
  const here = oneLine(text.slice(error.pos[0], error.pos[1]));
  switch (error.code) {
    case "TAB_AS_INDENT":
      return "a tab stands before this line: indent with spaces";
    case "BAD_INDENT":
      return missing(error.message) ?? "this line is not indented like the lines it belongs to";
    case "MISSING_CHAR":
      return missing(error.message) ?? "a key without a colon: write `key: value`";
    case "MULTILINE_IMPLICIT_KEY":
      return "this line is neither `key: value` nor part of the list or map around it";
    case "BLOCK_AS_IMPLICIT_KEY":
      return 'a second ": " on this line: put the value in quotes, or its keys on lines of their own';
    case "BAD_SCALAR_START":
      return `a value cannot start with ${here}: put it in quotes`;
    case "BAD_DQ_ESCAPE":
      return "this backslash means nothing in double quotes: write \\\\, or use single quotes";
    case "MULTIPLE_DOCS":
      return "a second document starts here: write one, without a `---` in between";
    case "RESOURCE_EXHAUSTION":
      return "lists and maps are nested too deeply here";
    case "TAG_RESOLVE_FAILED":
      return `the tag ${here} is not known: a config file needs no tags`;
    case "BAD_DIRECTIVE":
      return `the directive ${here} is not known: a config file needs none`;
    default:
      return `this is not YAML: ${oneLine(error.message)}`;
  }
}

/** The sign that is missing at the end of what it should close; the reader notices only there. */
function missing(message: string): string | null {
  const sign = /(?:closing (["'])|end with a ([\]}]))/.exec(message);
  const close = sign?.[1] ?? sign?.[2];
  return close === undefined ? null : `a closing ${close} is missing`;
}
