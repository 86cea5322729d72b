import {
  closeSync,
  constants,
  type Dirent,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { DirectoryEntry, FileContent, Listing } from "../ports.ts";
import { type Fence, followLink } from "./links.ts";
import { codeOf, isMissing, special, whyUnreadable } from "./reasons.ts";

/** What is found at this absolute path. A directory's entries are sorted by the bytes of their names. */
export function lookAt(path: string, fence: Fence): Listing {
  const out = fence(path);
  if (out !== null) return { kind: "unreadable", why: out };
  let found: Dirent[];
  try {
    found = readdirSync(path, { withFileTypes: true });
  } catch (error) {
    return isMissing(error) ? lookAtOther(path) : { kind: "unreadable", why: whyUnreadable(error) };
  }
  return { kind: "directory", entries: sortByBytes(found).map((entry) => entryOf(path, entry)) };
}

/** A file, something that is no directory, or nothing. */
function lookAtOther(path: string): Listing {
  try {
    const stats = lstatSync(path);
    if (stats.isFile()) return { kind: "file" };
    if (!stats.isSymbolicLink()) return { kind: "unreadable", why: `is ${special(stats)}` };
    const followed = followLink(path);
    switch (followed.kind) {
      case "refused":
        return { kind: "unreadable", why: followed.why };
      case "file":
        return { kind: "file" };
      case "directory":
        return { kind: "unreadable", why: "changed while it was read" };
    }
  } catch (error) {
    return isMissing(error) ? { kind: "missing" } : { kind: "unreadable", why: whyUnreadable(error) };
  }
}

function entryOf(directory: string, entry: Dirent): DirectoryEntry {
  const { name } = entry;
  if (name.includes("\ufffd") && !exists(join(directory, name))) {
    return { name, kind: "refused", why: "has a name that is not UTF-8" };
  }
  if (entry.isFile()) return { name, kind: "file", why: null };
  if (entry.isDirectory()) return { name, kind: "directory", why: null };
  if (!entry.isSymbolicLink()) return { name, kind: "refused", why: `is ${special(entry)}` };
  const followed = followLink(join(directory, name));
  return followed.kind === "refused"
    ? { name, kind: "refused", why: followed.why }
    : { name, kind: followed.kind, why: null };
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function sortByBytes(entries: Dirent[]): readonly Dirent[] {
  // UTF-16 and UTF-8 sort alike but for characters beyond U+FFFF, which few names have.
  const wide = entries.some(({ name }) => /[\ud800-\udfff]/.test(name));
  const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  const compareBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
  const order = wide ? compareBytes : compare;
  return entries.sort((a, b) => order(a.name, b.name));
}

/** The largest file that is read. GitHub itself takes none above it. */
export const maxFileBytes = 100 * 1024 * 1024;

/** The bytes of the regular file at this absolute path, or why they cannot be had. A link is followed inside its directory. */
export function readBytes(path: string, fence: Fence): FileContent {
  const out = fence(dirname(path));
  if (out !== null) return { kind: "unreadable", why: out };
  const content = readRegular(path, maxFileBytes);
  if (content !== "link") return content;
  const followed = followLink(path);
  if (followed.kind === "refused") return { kind: "unreadable", why: followed.why };
  const behind = readRegular(followed.real, maxFileBytes);
  return behind === "link" ? { kind: "unreadable", why: "changed while it was read" } : behind;
}

/** Not there on Windows, where a link is found by asking once more. */
const noFollow: number | undefined = constants.O_NOFOLLOW;
/** NONBLOCK: a named pipe that nobody writes to would keep us waiting for ever. */
const flags = constants.O_RDONLY | (noFollow ?? 0) | (constants.O_NONBLOCK ?? 0);

/** The bytes of a regular file; "link" where the path is a symbolic link, which is not followed. */
export function readRegular(path: string, maxBytes: number): FileContent | "link" {
  let file: number;
  try {
    if (noFollow === undefined && lstatSync(path).isSymbolicLink()) return "link";
    file = openSync(path, flags);
  } catch (error) {
    return codeOf(error) === "ELOOP" && isLink(path) ? "link" : { kind: "unreadable", why: whyUnreadable(error) };
  }
  try {
    const stats = fstatSync(file);
    if (stats.isDirectory()) return { kind: "unreadable", why: "is a directory" };
    if (!stats.isFile()) return { kind: "unreadable", why: `is ${special(stats)}` };
    if (stats.size > maxBytes) return { kind: "unreadable", why: whyTooLarge(stats.size, maxBytes) };
    return { kind: "bytes", bytes: readSized(file, stats.size) };
  } catch (error) {
    return { kind: "unreadable", why: whyUnreadable(error) };
  } finally {
    closeSync(file);
  }
}

/** The size is known already, and readFileSync would ask again: a tenth of the time of reading a small file. */
function readSized(file: number, size: number): Uint8Array {
  // Some file systems say 0 and have more.
  if (size === 0) return readFileSync(file);
  const bytes = Buffer.allocUnsafe(size);
  let end = 0;
  while (end < size) {
    const read = readSync(file, bytes, end, size - end, null);
    if (read === 0) break;
    end += read;
  }
  return bytes.subarray(0, end);
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch (error) {
    if (codeOf(error) === "") throw error;
    return false;
  }
}

function whyTooLarge(bytes: number, maxBytes: number): string {
  const mebibyte = 1024 * 1024;
  return `is too large: ${(bytes / mebibyte).toFixed(1)} MiB, of at most ${maxBytes / mebibyte} MiB`;
}
