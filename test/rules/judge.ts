import { check } from "../../src/commands/check.ts";
import type { ConfigSource, DirectoryEntry, FileContent, Tree, Workspace } from "../../src/ports.ts";
import type { Report } from "../../src/report/report.ts";
import type { Case, CaseFile } from "./cases.ts";

/** Where the files of a case are said to be. */
export const directory = "migrations";

/** What the check command says of a case. Its history is not judged. */
export async function judge(one: Case): Promise<Report> {
  const migration = one.files.find(({ role }) => role === "migration");
  const paths = migration === undefined ? [] : [pathOf(migration)];
  return check(
    { paths, config: null, layout: null, postgres: null },
    { workspace: workspaceOf(one), base: baseOf(one) },
  );
}

export function pathOf({ name }: Pick<CaseFile, "name">): string {
  return `${directory}/${name}`;
}

/** The files of a case as a project that has nothing else, but for a config with the options of the case. */
export function workspaceOf({ files: all, layout, appliedBy, postgres, dialect }: Case): Workspace {
  const files = all.filter(({ role }) => role !== "base");
  return {
    look(path) {
      if (path === directory) return { kind: "directory", entries: files.map(entryOf) };
      return { kind: files.some((file) => pathOf(file) === path) ? "file" : "missing" };
    },
    read(path) {
      const file = files.find((each) => pathOf(each) === path);
      return file === undefined ? { kind: "unreadable", why: "is not there" } : contentOf(file);
    },
    config: async () =>
      configOf({ version: 1, postgres, migrations: [{ directory, layout, "applied-by": appliedBy, dialect }] }),
  };
}

/** The commit of a case that says what it is compared with; null for all others. */
function baseOf({ files: all }: Case): Tree | null {
  const files = all.filter(({ role }) => role === "base");
  if (files.length === 0) return null;
  const read = (path: string): FileContent | null => {
    const file = files.find((each) => pathOf(each) === path);
    return file === undefined ? null : contentOf(file);
  };
  return {
    commit: "3b1f0c6d2a94e8757c1d0f6b9e2a48c5d7f31064",
    below: async () => ({
      look: () => ({ kind: "directory", entries: files.map(entryOf) }),
      holds(path, bytes) {
        const content = read(path);
        return content?.kind === "bytes" && Buffer.from(bytes).equals(content.bytes);
      },
    }),
    read: async (path) => read(path),
  };
}

function configOf(value: unknown): ConfigSource {
  return { path: ".github/lockkeeper.yml", value, problems: [], positionOf: () => ({ line: 1, column: 1 }) };
}

function entryOf({ name, form }: CaseFile): DirectoryEntry {
  if (form === "a directory") return { name, kind: "directory", why: null };
  if (form !== "a link out of the directory") return { name, kind: "file", why: null };
  return { name, kind: "refused", why: "is a symbolic link that leads out of the directory (to /etc/passwd)" };
}

/** The text as it is in the file, byte order mark included. */
export function bytesOf({ form, text }: Pick<CaseFile, "form" | "text">): Buffer {
  switch (form) {
    case "with a byte order mark":
      return Buffer.from(`\ufeff${text}`);
    case "as UTF-16":
      return Buffer.from(`\ufeff${text}`, "utf16le");
    case "as EUC-KR":
      // The two bytes are 가 in EUC-KR and nothing in UTF-8; Node.js has no encoder for it.
      return Buffer.concat([Buffer.from(`${text.trimEnd()} -- `), Buffer.from([0xb0, 0xa1, 0x0a])]);
    case "with a NUL byte":
      return Buffer.from(`${text.trimEnd()}\0\n`);
    case "UTF-8":
    case "a directory":
    case "a link out of the directory":
      return Buffer.from(text);
  }
}

function contentOf(file: CaseFile): FileContent {
  if (file.form === "a directory" || file.form === "a link out of the directory")
    return { kind: "unreadable", why: `is ${file.form}` };
  return { kind: "bytes", bytes: bytesOf(file) };
}
