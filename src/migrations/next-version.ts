import type { Layout as LayoutId } from "../config/config.ts";

/** A way of writing the time as a version. */
interface Clock {
  readonly pattern: RegExp;
  write(now: Date): string;
}

/** 20260101120000000: the time in UTC down to the millisecond. */
const digits = (now: Date): string => now.toISOString().replace(/\D/g, "");

const day = /^20\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])/.source;
const time = /(?:[01]\d|2[0-3])[0-5]\d/.source;

const seconds: Clock = { pattern: new RegExp(`${day}${time}[0-5]\\d$`), write: (now) => digits(now).slice(0, 14) };
/** diesel's own. */
const hyphens: Clock = {
  pattern: /^20\d\d-\d\d-\d\d-\d{6}$/,
  write: (now) => `${now.toISOString().slice(0, 10)}-${digits(now).slice(8, 14)}`,
};
const epochMilliseconds: Clock = { pattern: /^1\d{12}$/, write: (now) => String(now.getTime()) };

const clocks: readonly Clock[] = [
  seconds,
  hyphens,
  epochMilliseconds,
  { pattern: new RegExp(`${day}${time}[0-5]\\d{4}$`), write: digits },
  { pattern: new RegExp(`${day}${time}$`), write: (now) => digits(now).slice(0, 12) },
  { pattern: new RegExp(`${day}$`), write: (now) => digits(now).slice(0, 8) },
  { pattern: /^1\d{9}$/, write: (now) => String(Math.floor(now.getTime() / 1000)) },
  { pattern: /^1\d{18}$/, write: (now) => `${now.getTime()}000000` },
];

/** The version after the newest one, written as that is: the time where it is one, and otherwise the next number, as wide. */
export function nextVersion(newest: string, now: Date, isAfter: (version: string) => boolean): string {
  const clock = clocks.find(({ pattern }) => pattern.test(newest));
  const stamp = clock?.write(now);
  // Two within a second, or one from a clock that is ahead: the next number still comes after it.
  return stamp !== undefined && isAfter(stamp) ? stamp : increment(newest);
}

/** The last number in it, one higher and as wide: 000009 → 000010, 1.2 → 1.3. */
function increment(version: string): string {
  return version.replace(/\d+(?=\D*$)/, (number) => String(BigInt(number) + 1n).padStart(number.length, "0"));
}

/** The first version of an empty directory, as the layout's own tool would write it. */
export function firstVersion(layout: LayoutId, now: Date): string {
  switch (layout) {
    case "golang-migrate":
      return "000001";
    case "plain":
      return "001";
    case "flyway":
      return "1";
    case "drizzle":
      return "0000";
    case "diesel":
      return hyphens.write(now);
    case "node-pg-migrate":
      return epochMilliseconds.write(now);
    case "dbmate":
    case "goose":
    case "prisma":
    case "sql-migrate":
    case "sqlx":
    case "supabase":
      return seconds.write(now);
  }
}

/** Whether the version is a time rather than a count. */
export function isTime(version: string): boolean {
  return clocks.some(({ pattern }) => pattern.test(version));
}
