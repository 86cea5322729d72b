// A second, simpler measure of terminal columns, so that the tests do not trust the one they test.
const wide = /\p{scx=Hangul}|\p{scx=Han}|\p{scx=Hiragana}|\p{scx=Katakana}|[\u3000-\u303e\uff01-\uff60]/u;
const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });

function columnsOf(cluster: string): number {
  if (/^\p{Regional_Indicator}{2}$/u.test(cluster)) return 2;
  if (/\p{Emoji_Presentation}/u.test(cluster) && !/^\p{Regional_Indicator}$/u.test(cluster)) return 2;
  if (/^\p{Extended_Pictographic}\ufe0f/u.test(cluster) || cluster.endsWith("\u20e3")) return 2;
  return wide.test(cluster) ? 2 : 1;
}

/** Each column of the terminal with the character that stands there; the second column of a wide one repeats it as null. */
export function columns(text: string): readonly (string | null)[] {
  return [...segmenter.segment(text)].flatMap(({ segment }) =>
    columnsOf(segment) === 2 ? [segment, null] : [segment],
  );
}

/** What stands above the ━ of a rule row: from its first column to its last. */
export function above(row: string, rule: string): string {
  const below = columns(rule);
  const over = columns(row);
  return over.filter((character, at) => character !== null && below[at] === "━").join("");
}

/** Whether no wide character stands half over the rule. */
export function wholeCharacters(row: string, rule: string): boolean {
  const below = columns(rule);
  return columns(row).every((character, at) => character !== null || (below[at] === "━") === (below[at - 1] === "━"));
}

/** Anything that a terminal acts on instead of showing it, but for line ends. */
export const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
