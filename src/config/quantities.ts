import type { Path, Reading } from "./reading.ts";
import { found } from "./words.ts";

/** What a unit is worth, the largest first. */
type Units = readonly (readonly [string, number])[];

const durations: Units = [
  ["h", 3_600_000],
  ["min", 60_000],
  ["ms", 1],
  ["s", 1000],
];

// As PostgreSQL counts: 1 kB is 1024 bytes.
const sizes: Units = [
  ["TB", 1024 ** 4],
  ["GB", 1024 ** 3],
  ["MB", 1024 ** 2],
  ["kB", 1024],
];

/** A length of time (500ms, 3s, 2min, 1h) in milliseconds; null where it could not be read. */
export function readDuration(reading: Reading, path: Path, value: unknown): number | null {
  return readQuantity(reading, path, value, {
    units: durations,
    expected: "a time with its unit: 500ms, 3s, 2min or 1h",
  });
}

/** A length of time as the command line takes it (500ms, 3s), in milliseconds; null where it is none. */
export function durationMs(written: string): number | null {
  const match = /^(\d{1,9})([a-z]+)$/.exec(written);
  const unit = durations.find(([name]) => name === match?.[2]);
  const ms = unit === undefined ? 0 : Number(match?.[1]) * unit[1];
  // As much as a timer can wait.
  return ms > 0 && ms < 2 ** 31 ? ms : null;
}

/** A size (500MB, 10GB) in bytes; null where it could not be read. */
export function readSize(reading: Reading, path: Path, value: unknown): number | null {
  return readQuantity(reading, path, value, { units: sizes, expected: "a size with its unit: 500MB, 10GB or 1TB" });
}

/** A share (80%) from 1 to 100; null where it could not be read. */
export function readPercent(reading: Reading, path: Path, value: unknown): number | null {
  const number = typeof value === "string" ? /^(\d{1,3})\s*%$/.exec(value)?.[1] : undefined;
  const percent = Number(number);
  if (number !== undefined && percent >= 1 && percent <= 100) return percent;
  return refuse(reading, path, value, "a share from 1% to 100%");
}

/** The milliseconds as people write them: 1500 → 1.5 s. */
export function inWords(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${round(ms / 1000)} s`;
  if (ms < 3_600_000) return `${round(ms / 60_000)} min`;
  return `${round(ms / 3_600_000)} h`;
}

function readQuantity(
  reading: Reading,
  path: Path,
  value: unknown,
  { units, expected }: { readonly units: Units; readonly expected: string },
): number | null {
  const match = typeof value === "string" ? /^(\d{1,9}(?:\.\d{1,3})?)\s*([A-Za-z]+)$/.exec(value) : null;
  const unit = units.find(([name]) => name === match?.[2]);
  const quantity = unit === undefined ? 0 : Math.round(Number(match?.[1]) * unit[1]);
  return quantity > 0 ? quantity : refuse(reading, path, value, expected);
}

function refuse(reading: Reading, path: Path, value: unknown, expected: string): null {
  // A value without one is told by the reading itself, in its own words.
  if (value === undefined || value === null || typeof value === "object") reading.text(path, value, expected);
  else reading.problem(path, `${path.join(".")} is ${found(value)}; it must be ${expected}`);
  return null;
}

function round(number: number): string {
  return String(Math.round(number * 10) / 10);
}
