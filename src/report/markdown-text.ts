import { noOrder, shown } from "./cells.ts";

/**
 * Text from SQL and file names as GitHub's Markdown, in a form in which it stays text. Two things act on it there: the Markdown
 * reader, for which the characters that mean something are written as entities, and the filters that go over the finished page
 * and make links of @names, #123 and addresses, and pictures of :names:. For these nothing but a character between helps.
 */

/** A space of no width. It is written as an entity, so that it can be seen in the text; shown() leaves none of anybody else's. */
const apart = "\u200b";

// What Markdown reads inside a line, in a table cell and in HTML. Between two letters "_" is only a letter to it.
const marks = /[\\`*[\]<>&|~$^]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g;
const entities: Readonly<Record<string, string>> = { "<": "&lt;", ">": "&gt;", "&": "&amp;" };

// Where the filters look: @name, #123 and :emoji: or ://; GH-123; www.; the hash of a commit.
const opening = /[@#]|:(?=\S)|(?<=gh)-(?=\d)/gi;
const webAddress = /(?<=www)(?=\.)/gi;
const commitHash = /(?<![0-9a-z])[0-9a-f]{7,}(?![0-9a-z])/gi;
/** Fewer digits are not taken for a commit. */
const harmlessDigits = /.{6}(?=.)/g;

/** Text within a line of prose, in a table cell, or in a line of HTML: it is shown as it is, and does nothing. */
export function prose(text: string): string {
  return shown(text)
    .replace(opening, `$&${apart}`)
    .replace(webAddress, apart)
    .replace(commitHash, (hash) => hash.replace(harmlessDigits, `$&${apart}`))
    .replace(marks, (mark) => entities[mark] ?? `&#${mark.charCodeAt(0)};`)
    .replaceAll(apart, "&#8203;");
}

// Names as they usually are. In code nothing else acts, but what looks like HTML is not put into the text as it is all the same.
const plainName = /^[\p{L}\p{N}._/+:@#=,()%-]+(?: [\p{L}\p{N}._/+:@#=,()%-]+)*$/u;

/** A name as code where it is one that code can hold, and as prose otherwise. */
export function code(name: string): string {
  return plainName.test(name) ? `\`${name}\`` : prose(name);
}

/** A fence that none of these lines ends: longer than any run of backticks in them. */
export function fenceFor(lines: readonly string[]): string {
  let longest = 2;
  for (const line of lines) for (const [run] of line.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  return "`".repeat(longest + 1);
}

/** SQL as a block of code that it cannot end. */
export function sqlBlock(lines: readonly string[]): string {
  const safe = lines.map((line) => noOrder(shown(line.replace(/\t/g, "    "))));
  const fence = fenceFor(safe);
  return [`${fence}sql`, ...safe, fence].join("\n");
}
