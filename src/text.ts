/** The candidate most like the word, or that begins with it, when it is near enough to be what was meant; null otherwise. */
export function nearest(word: string, candidates: Iterable<string>): string | null {
  const known = [...candidates];
  return mostAlike(word, known) ?? shortestFrom(word, known);
}

function mostAlike(word: string, candidates: readonly string[]): string | null {
  const limit = Math.max(1, Math.floor(word.length / 3));
  let best: string | null = null;
  let bestDistance = limit + 1;
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** golang → golang-migrate. Fewer than three letters say too little. */
function shortestFrom(word: string, candidates: readonly string[]): string | null {
  if (word.length < 3) return null;
  const longer = candidates.filter((candidate) => candidate.toLowerCase().startsWith(word.toLowerCase()));
  return longer.toSorted((a, b) => a.length - b.length)[0] ?? null;
}

/** Edits (insert, delete, replace, swap two neighbours) that lead from one word to the other. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let distance = Math.min(at(previous, j) + 1, at(current, j - 1) + 1, at(previous, j - 1) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        distance = Math.min(distance, at(before, j - 2) + 1);
      }
      current.push(distance);
    }
    before = previous;
    previous = current;
  }
  return at(previous, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}

/** "1 file", "3 files"; the plural is the word with an s unless it is given. */
export function count(n: number, word: string, plural = `${word}s`): string {
  return `${thousands(n)} ${n === 1 ? word : plural}`;
}

/** 12345 as 12,345. Written out, because the system's own formatting takes a hundred times as long. */
function thousands(n: number): string {
  return String(n).replace(/\B(?=(?:\d{3})+$)/g, ",");
}

/** "a", "a and b", "a, b and c". */
export function list(words: readonly string[]): string {
  if (words.length <= 1) return words.join("");
  return `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/**
 * Text from a file or a server, safe to print on a terminal: control characters are shown as they would be escaped, so they
 * cannot move the cursor, and the characters that turn the direction of text are shown by their number.
 */
export function printable(text: string): string {
  return text.replace(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
