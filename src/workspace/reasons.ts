import { printable } from "../text.ts";

/** The code of a system error ("ENOENT"); an empty text for anything else. */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

/** Whether the error says that there is nothing at the path, also when a file stands where a directory is asked for. */
export function isMissing(error: unknown): boolean {
  const code = codeOf(error);
  return code === "ENOENT" || code === "ENOTDIR";
}

/** Why something cannot be read, to be written after its name: `cannot be read: permission denied`. */
export function whyUnreadable(error: unknown): string {
  const code = codeOf(error);
  switch (code) {
    case "EACCES":
    case "EPERM":
      return "cannot be read: permission denied";
    case "ELOOP":
      return "is a symbolic link that leads in a circle";
    case "EISDIR":
      return "is a directory";
    case "ENXIO":
      return "is a socket";
    case "ENOENT":
    case "ENOTDIR":
      return "does not exist";
    case "ENAMETOOLONG":
      return "cannot be read: its name is too long";
    case "EMFILE":
    case "ENFILE":
      return "cannot be read: too many files are open on this machine";
    default:
      if (error instanceof Error && code !== "") return `cannot be read: ${oneLine(error.message)}`;
      throw error;
  }
}

/** Why a file cannot be made, to be written after its name: `cannot be written: permission denied`. */
export function whyUnwritable(error: unknown): string {
  switch (codeOf(error)) {
    case "EACCES":
    case "EPERM":
      return "cannot be written: permission denied";
    case "EROFS":
      return "cannot be written: the file system is read-only";
    case "ENOSPC":
    case "EDQUOT":
      return "cannot be written: the disk is full";
    case "ENOTDIR":
      return "cannot be written: a file stands where its directory should be";
    default:
      return whyUnreadable(error).replace(/^cannot be read: /, "cannot be written: ");
  }
}

/** Text from a file or a link as it can stand in one line of a message, cut where it is long. */
export function oneLine(text: string): string {
  const characters = [...text.slice(0, 400)];
  const short = characters.length > 100 ? `${characters.slice(0, 100).join("")}…` : text;
  return printable(short).replaceAll("\n", "\\n").replaceAll("\t", "\\t");
}

/** What Dirent and Stats have in common. */
export interface FileType {
  isFile(): boolean;
  isDirectory(): boolean;
  isFIFO(): boolean;
  isSocket(): boolean;
  isCharacterDevice(): boolean;
  isBlockDevice(): boolean;
}

/** What it is, when it is neither a regular file nor a directory: `a named pipe`. */
export function special(type: FileType): string {
  if (type.isFIFO()) return "a named pipe";
  if (type.isSocket()) return "a socket";
  if (type.isCharacterDevice() || type.isBlockDevice()) return "a device";
  return "not a regular file";
}
