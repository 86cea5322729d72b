const marks = [" (sql-command)", " (rollback-sql-command)", " (rollback-command)"] as const;

/** What stands for the SQL that a directory's command prints, where others have the path of a file. */
export function generatedPath(directory: string): string {
  return `${directory}${marks[0]}`;
}

/** The same for the way back: what was printed, or, where nothing prints it, the command itself. */
export function generatedBackPath(directory: string, isPrinted: boolean): string {
  return `${directory}${marks[isPrinted ? 1 : 2]}`;
}

/** Whether a path stands for printed SQL: no migration's file is called so, as they all end in .sql. */
export function isGenerated(path: string): boolean {
  return marks.some((mark) => path.endsWith(mark));
}

/** The directory whose command has printed it. */
export function directoryOfGenerated(path: string): string {
  const mark = marks.find((each) => path.endsWith(each));
  return mark === undefined ? path : path.slice(0, -mark.length);
}
