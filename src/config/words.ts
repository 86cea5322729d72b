import { list, nearest, printable } from "../text.ts";

/** A value of the file as its reader knows it: `the text "x"`, `13`, `a list`. */
export function found(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  switch (typeof value) {
    case "string":
      return value === "" ? "an empty text" : `the text ${quote(value)}`;
    case "number":
    case "bigint":
    case "boolean":
      return String(value);
    case "object":
      return isMap(value) ? "a map of keys and values" : "a value of another kind";
    default:
      return "a value of another kind";
  }
}

/** Text from the file on one line, in double quotes, cut where it is long. */
export function quote(text: string): string {
  const characters = [...text.slice(0, 200)];
  const short = characters.length > 60 ? `${characters.slice(0, 60).join("")}…` : text;
  return printable(JSON.stringify(short));
}

/** The known word that was probably meant; null where none is like it, or where the text is too long to be a word. */
export function meant(word: string, known: readonly string[]): string | null {
  return word.length > 60 ? null : nearest(word, known);
}

/** "a", "a or b", "a, b or c". */
export function either(words: readonly string[]): string {
  const last = words.at(-1) ?? "";
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} or ${last}`;
}

/** Whether the value is a map as a YAML or JSON reader makes them. */
export function isMap(value: unknown): value is object {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/** The keys at the top of the file. */
export const topKeys = [
  "version",
  "postgres",
  "migrations",
  "policy",
  "rules",
  "allowances",
  "approve-by",
  "variables",
  "environments",
  "preflight",
  "backup",
  "verify",
  "hooks",
  "notify",
] as const;

/** Where each key belongs, for a key that stands in the wrong place; mostly a matter of indentation. */
const homes: ReadonlyMap<string, string> = new Map([
  ...topKeys.map((key) => [key, "at the top of the file"] as const),
  ...["directory", "layout", "applied-by", "dialect", "ledger"].map(
    (key) => [key, "in an entry of migrations"] as const,
  ),
  ...["sql-command", "apply-command", "rollback-command", "rollback-sql-command"].map(
    (key) => [key, "in an entry of migrations"] as const,
  ),
  ["column", "in ledger"] as const,
  ...["low", "medium", "high", "critical", "fail-on"].map((key) => [key, "in policy"] as const),
  ...["deploy", "approvals", "approvers"].map((key) => [key, "in one of policy's risks"] as const),
  ...["people", "teams"].map((key) => [key, "in approvers"] as const),
  ["backup", "at the top of the file, in one of the environments, or in one of policy's risks"] as const,
  ...["preflight", "verify", "hooks", "notify"].map(
    (key) => [key, "at the top of the file, or in one of the environments"] as const,
  ),
  ["risk", "in one of the rules"] as const,
  ...["database-url-from", "after", "window", "role", "lock-timeout", "max-blocking", "max-duration"].map(
    (key) => [key, "in one of the environments"] as const,
  ),
  ...["max-connections", "max-replica-lag"].map((key) => [key, "in preflight"] as const),
  ...["store", "proof", "max-age", "keep", "external"].map((key) => [key, "in backup"] as const),
  ...["queries", "show-rows", "health", "performance"].map((key) => [key, "in verify"] as const),
  ...["rollback-on", "rollback-within"].map((key) => [key, "in one of the environments"] as const),
  ...["maintenance-on", "maintenance-off", "on-failure"].map((key) => [key, "in hooks"] as const),
  ...["url-from", "events"].map((key) => [key, "in an entry of notify"] as const),
]);

/** What is wrong with a key that is not one of the known ones, and which one was probably meant. */
export function unknownKey(key: string, known: readonly string[]): string {
  const start = `unknown key ${quote(key)}`;
  const home = homes.get(key);
  if (home !== undefined) return `${start} here: it belongs ${home}; look at the indentation`;
  const colon = key.indexOf(":");
  if (colon > 0 && known.includes(key.slice(0, colon))) return `${start}: put a space after the colon`;
  const near = meant(key, known);
  if (near !== null) return `${start}: did you mean ${near}?`;
  return known.length === 1
    ? `${start}: the only key here is ${known[0]}`
    : `${start}: the keys here are ${list(known)}`;
}
