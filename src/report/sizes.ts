const units = ["B", "kB", "MB", "GB", "TB"] as const;

/** Bytes as people write them, as PostgreSQL counts: 1 kB is 1024 bytes. */
export function sizeInWords(bytes: number): string {
  let size = bytes;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit += 1;
  }
  return `${unit === 0 || size >= 100 ? Math.round(size) : Math.round(size * 10) / 10} ${units[unit]}`;
}
