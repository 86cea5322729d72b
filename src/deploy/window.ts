import type { Window } from "../config/window.ts";

/** Whether the window is open: by the clocks of its time zone, so that a day with 23 or 25 hours is as people there live it. */
export function isOpen({ fromMinute, toMinute, timeZone }: Window, now: Date): boolean {
  const minute = minuteOfDay(now, timeZone);
  // Past midnight.
  return fromMinute < toMinute ? fromMinute <= minute && minute < toMinute : fromMinute <= minute || minute < toMinute;
}

/** When it opens next; null where it does not within a week: clocks that are put forward can leave it out. */
export function nextOpening(window: Window, now: Date): Date | null {
  const start = Math.floor(now.getTime() / minuteMs) * minuteMs;
  for (let at = start; at < start + 7 * 24 * 60 * minuteMs; at += minuteMs) {
    const date = new Date(at);
    if (isOpen(window, date)) return date;
  }
  return null;
}

const minuteMs = 60_000;

function minuteOfDay(date: Date, timeZone: string): number {
  const parts = clockOf(timeZone).formatToParts(date);
  const number = (type: string): number => Number(parts.find((part) => part.type === type)?.value);
  return number("hour") * 60 + number("minute");
}

const clocks = new Map<string, Intl.DateTimeFormat>();

/** Making one takes a thousand times as long as asking it. */
function clockOf(timeZone: string): Intl.DateTimeFormat {
  const known = clocks.get(timeZone);
  if (known !== undefined) return known;
  const clock = new Intl.DateTimeFormat("en", { timeZone, hourCycle: "h23", hour: "2-digit", minute: "2-digit" });
  clocks.set(timeZone, clock);
  return clock;
}
