const mark = " (sql-command)";

/** What stands for the SQL that a directory's command prints, where others have the path of a file. */
export function generatedPath(directory: string): string {
  return `${directory}${mark}`;
}

/** Whether a path stands for printed SQL: no migration's file is called so, as they all end in .sql. */
export function isGenerated(path: string): boolean {
  return path.endsWith(mark);
}

/** The directory whose command has printed it. */
export function directoryOfGenerated(path: string): string {
  return path.slice(0, -mark.length);
}
