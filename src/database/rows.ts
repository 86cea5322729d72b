/** A row as the driver gives it: what a column holds is looked at before it is believed. */
export type Row = Readonly<Record<string, unknown>>;

/** The text of a column that is never null. Numbers and dates are taken as they are written. */
export function text(row: Row, column: string): string {
  const value = textOrNull(row, column);
  if (value === null) throw new TypeError(`The column ${column} is null.`);
  return value;
}

export function textOrNull(row: Row, column: string): string | null {
  const value = row[column];
  if (value === null || value === undefined) return null;
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") return String(value);
  throw new TypeError(`The column ${column} holds no text.`);
}

/** A number, also where the driver hands on a bigint as text. */
export function number(row: Row, column: string): number {
  const value = Number(text(row, column));
  if (Number.isNaN(value)) throw new TypeError(`The column ${column} holds no number.`);
  return value;
}

export function flag(row: Row, column: string): boolean {
  const value = row[column];
  if (typeof value !== "boolean") throw new TypeError(`The column ${column} holds no boolean.`);
  return value;
}

export function dateOrNull(row: Row, column: string): Date | null {
  const value = row[column];
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return value;
  throw new TypeError(`The column ${column} holds no date.`);
}

/** The texts of an array, without its nulls. */
export function texts(row: Row, column: string): readonly string[] {
  const value = row[column];
  if (value === null || value === undefined) return [];
  if (!Array.isArray(value)) throw new TypeError(`The column ${column} holds no array.`);
  return value.filter((each) => each !== null).map(String);
}
