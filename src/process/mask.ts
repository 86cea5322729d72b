/** Takes secrets out of what other programs have written. */
export type Mask = (text: string) => string;

/** Shorter ones would take half of every text away; nobody can hide behind them anyway. */
const leastLength = 4;

/** A mask for these secrets, in every way in which they are usually written. */
export function maskOf(secrets: readonly (string | null)[]): Mask {
  const spellings = new Set<string>();
  for (const secret of secrets) {
    if (secret === null || secret.length < leastLength) continue;
    for (const spelling of spellingsOf(secret)) if (spelling.length >= leastLength) spellings.add(spelling);
  }
  // The longest first: a part of a secret must not keep the rest of it from being found.
  const sorted = [...spellings].toSorted((a, b) => b.length - a.length);
  return (text) => sorted.reduce((masked, spelling) => masked.replaceAll(spelling, "***"), text);
}

function spellingsOf(secret: string): readonly string[] {
  const percent = [...Buffer.from(secret, "utf8")]
    .map((byte) => (/[A-Za-z0-9._~-]/.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : percentOf(byte)))
    .join("");
  const lower = percent.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());
  return [
    secret,
    percent,
    lower,
    percent.replaceAll("%20", "+"),
    encodeURIComponent(secret),
    encodeURI(secret),
    JSON.stringify(secret).slice(1, -1),
    // As it stands in a password file, in a connection string of libpq, in SQL and in a shell.
    secret.replace(/[\\:]/g, "\\$&"),
    secret.replace(/['\\]/g, "\\$&"),
    secret.replaceAll("'", "''"),
    secret.replaceAll("'", "'\\''"),
    secret.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;"),
    ...base64Of(secret),
    Buffer.from(secret, "utf8").toString("hex"),
  ];
}

function percentOf(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
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
