import type { Path, Reading } from "./reading.ts";

/** When an environment may be changed: from one time of day to another, as clocks in the time zone show them. */
export interface Window {
  /** Minutes after midnight; where the end is not after the start, the window goes on past midnight. */
  readonly fromMinute: number;
  readonly toMinute: number;
  readonly timeZone: string;
  /** As it is written. */
  readonly text: string;
}

const expected = 'two times and a time zone, such as "02:00-06:00 Asia/Seoul"';

/** A maintenance window; null where it could not be read. */
export function readWindow(reading: Reading, path: Path, value: unknown): Window | null {
  const text = reading.text(path, value, expected);
  if (text === null) return null;
  const match = /^([01]\d|2[0-3]):([0-5]\d)\s*-\s*([01]\d|2[0-3]):([0-5]\d)\s+(\S+)$/.exec(text.trim());
  const [, fromHour, fromMinute, toHour, toMinute, timeZone = ""] = match ?? [];
  const window = {
    fromMinute: Number(fromHour) * 60 + Number(fromMinute),
    toMinute: Number(toHour) * 60 + Number(toMinute),
    timeZone,
    text: text.trim(),
  };
  if (match === null) reading.problem(path, `${path.join(".")} is not ${expected}`);
  else if (!isTimeZone(timeZone))
    reading.problem(path, `${path.join(".")} names no time zone that is known: ${timeZone.slice(0, 60)}`);
  else if (window.fromMinute === window.toMinute)
    reading.problem(path, `${path.join(".")} begins and ends at one time; leave the key out for no window`);
  else return window;
  return null;
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
