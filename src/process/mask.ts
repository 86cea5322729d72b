/** Takes secrets out of what other programs have written. */
export type Mask = (text: string) => string;

/** Shorter ones would take half of every text away; nobody can hide behind them anyway. */
const leastLength = 4;

/** A mask for these secrets, in every way in which they are usually written. */
export function maskOf(secrets: readonly (string | null)[]): Mask {
  const known = [...new Set(secrets)].filter((secret) => secret !== null && secret.length >= leastLength);
  if (known.length === 0) return (text) => text;
  const patterns = known.flatMap((secret) => (secret === null ? [] : [spelledOut(secret), ...encoded(secret)]));
  // The longest first: a part of a secret must not keep the rest of it from being found.
  const all = new RegExp(patterns.toSorted((a, b) => b.length - a.length).join("|"), "g");
  return (text) => text.replace(all, "***");
}

/** Character by character, each as it is or escaped: programs differ in which ones they escape. */
function spelledOut(secret: string): string {
  return [...secret].map((character) => `(?:${spellingsOf(character).map(literal).join("|")})`).join("");
}

const entities: ReadonlyMap<string, readonly string[]> = new Map([
  ["&", ["&amp;"]],
  ["<", ["&lt;"]],
  [">", ["&gt;"]],
  ['"', ["&quot;", "&#34;"]],
  // In SQL and in a shell.
  ["'", ["&#39;", "''", "'\\''"]],
  [" ", ["+"]],
  ["\n", ["\\n"]],
  ["\t", ["\\t"]],
]);

function spellingsOf(character: string): readonly string[] {
  const bytes = [...Buffer.from(character, "utf8")].map((byte) => byte.toString(16).padStart(2, "0"));
  const upper = bytes.map((byte) => `%${byte.toUpperCase()}`).join("");
  const units = Array.from(
    { length: character.length },
    (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`,
  ).join("");
  // The longest first, so that an escaped character is taken with its escape.
  return [...(entities.get(character) ?? []), upper, upper.toLowerCase(), units, `\\${character}`, character];
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}

function encoded(secret: string): readonly string[] {
  const texts = [...base64Of(secret), Buffer.from(secret, "utf8").toString("hex")];
  return texts.filter((text) => text.length >= leastLength).map(literal);
}

/** Base64 of the secret as it stands in a longer text, at each of the three places where it can begin; without what others decide. */
function base64Of(secret: string): readonly string[] {
  return [0, 1, 2].flatMap((shift) => {
    const bytes = Buffer.concat([Buffer.alloc(shift), Buffer.from(secret, "utf8")]);
    const text = bytes.toString("base64").replaceAll("=", "");
    const from = shift === 0 ? 0 : shift + 1;
    const sure = text.slice(from, Math.floor((bytes.length * 4) / 3));
    return [sure, sure.replaceAll("+", "-").replaceAll("/", "_")];
  });
}
