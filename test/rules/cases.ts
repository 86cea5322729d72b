import {
  type AppliedBy,
  appliers,
  type Database,
  databases,
  type PostgresVersion,
  postgresVersions,
} from "../../src/config/config.ts";

/**
 * An example of what a rule reports or leaves alone, as test/rules/<id>/cases.sql writes it:
 *
 *     -- bad: why it is bad                   (or good)
 *     -- layout: plain                        (options: layout, applied-by, postgres, dialect)
 *     -- history:
 *     SQL of the migrations before it
 *     -- migration:
 *     SQL that is judged
 *     -- ^ reported                           (at the first character of the line above, its indentation left out)
 *     -- ^ reported at column 24
 *     -- down:
 *     SQL of its down script
 *
 * A rule about files has, in place of history and migration, `-- file: name` for each file of the directory, and `-- reported` as
 * the first line of those that are reported as a whole. `-- base: name` is a file as it was in the commit that is compared with;
 * the mark of one that is gone stands there. A file name, "migration" and "down" may be followed by a comma and a form.
 */
export interface Case {
  readonly kind: "bad" | "good";
  readonly why: string;
  /** Of its first line in cases.sql. */
  readonly line: number;
  readonly layout: CaseLayout;
  readonly appliedBy: AppliedBy;
  readonly postgres: PostgresVersion;
  readonly dialect: Database;
  readonly files: readonly CaseFile[];
}

export interface CaseFile {
  readonly role: "history" | "migration" | "down" | "file" | "base";
  readonly name: string;
  readonly form: Form;
  /** Without the marks. */
  readonly text: string;
  readonly marks: readonly Mark[];
}

/** Where a finding has to stand in the text without the marks. */
export interface Mark {
  readonly line: number;
  readonly column: number;
}

export const forms = [
  "UTF-8",
  "with a byte order mark",
  "as UTF-16",
  "as EUC-KR",
  "with a NUL byte",
  "a directory",
  "a link out of the directory",
] as const;
/** What the bytes of a file are, or what it is instead of a file. */
export type Form = (typeof forms)[number];

/** The layouts that cases are written in. */
const caseLayouts = ["golang-migrate", "plain", "drizzle"] as const;
export type CaseLayout = (typeof caseLayouts)[number];

const names: Readonly<Record<CaseLayout, Readonly<Record<"history" | "migration" | "down", string>>>> = {
  "golang-migrate": {
    history: "000001_before.up.sql",
    migration: "000002_change.up.sql",
    down: "000002_change.down.sql",
  },
  plain: { history: "001_before.sql", migration: "002_change.sql", down: "002_change.down.sql" },
  drizzle: { history: "0001_before.sql", migration: "0002_change.sql", down: "0002_change.down.sql" },
};

/** Reads cases.sql. Throws with the line of what it does not understand. */
export function readCases(text: string, path: string): readonly Case[] {
  const lines = text.split("\n");
  const starts = [...lines.keys()].filter((i) => /^-- (?:bad|good): /.test(lines[i] ?? ""));
  const before = lines.slice(0, starts[0] ?? lines.length).findIndex((line) => line !== "" && !line.startsWith("--"));
  if (before !== -1) throw new Error(`${path}:${before + 1}: this stands before the first case`);
  return starts.map((start, i) => readCase(lines.slice(start, starts[i + 1]), start + 1, path));
}

function readCase(lines: readonly string[], firstLine: number, path: string): Case {
  const [, kind = "", why = ""] = /^-- (bad|good): (.+)$/.exec(lines[0] ?? "") ?? [];
  const fault = (i: number, what: string): Error => new Error(`${path}:${firstLine + i}: ${what}`);
  const sections = [...lines.keys()].filter((i) => /^-- (?:history|migration|down|file|base):/.test(lines[i] ?? ""));
  const options = new Map<string, string>();
  for (let i = 1; i < (sections[0] ?? lines.length); i++) {
    const option = /^-- (layout|applied-by|postgres|dialect): (.+)$/.exec(lines[i] ?? "");
    if (option !== null) options.set(option[1] ?? "", option[2] ?? "");
    else if (lines[i] !== "") throw fault(i, `this is no option and stands before "-- migration:"`);
  }
  const layout = oneOf(caseLayouts, options.get("layout") ?? "golang-migrate");
  const appliedBy = oneOf(appliers, options.get("applied-by") ?? "tool");
  const postgres = oneOf(postgresVersions, Number(options.get("postgres") ?? 18));
  const dialect = oneOf(databases, options.get("dialect") ?? "postgresql");
  if (layout === null || appliedBy === null || postgres === null || dialect === null)
    throw fault(0, "an option has a value that is not known");
  const files = sections.map((start, i) => {
    const [, role = "", named = ""] = /^-- (history|migration|down|file|base):(.*)$/.exec(lines[start] ?? "") ?? [];
    const [name = "", ...rest] = named.split(",").map((word) => word.trim());
    const known = oneOf(["history", "migration", "down"] as const, role);
    const form = oneOf(forms, (known === null ? rest.join() : [name, ...rest].join()) || "UTF-8");
    if (form === null) throw fault(start, "this form of a file is not known");
    const body = lines.slice(start + 1, sections[i + 1] ?? lines.length);
    return {
      role: known ?? (role === "base" ? ("base" as const) : ("file" as const)),
      name: known === null ? name : names[layout][known],
      form,
      ...unmarked(body),
    };
  });
  const judged = files.filter(({ role }) => role === "migration").length;
  if (files.length === 0) throw fault(0, "the case has no migration");
  if (judged !== 1 && !files.every(({ role }) => role === "file" || role === "base"))
    throw fault(0, `the case has ${judged} migrations`);
  return { kind: kind === "bad" ? "bad" : "good", why, line: firstLine, layout, appliedBy, postgres, dialect, files };
}

/** Takes the marks out; they count the lines that are left. */
function unmarked(lines: readonly string[]): { readonly text: string; readonly marks: readonly Mark[] } {
  const kept: string[] = [];
  const marks: Mark[] = [];
  for (const line of lines) {
    const mark = /^-- (\^ )?reported(?: at column (\d+))?$/.exec(line);
    if (mark === null) kept.push(line);
    else if (mark[1] === undefined) marks.push({ line: 1, column: 1 });
    else {
      const above = kept.at(-1) ?? "";
      marks.push({ line: kept.length, column: Number(mark[2] ?? above.search(/\S/) + 1) });
    }
  }
  return { text: `${kept.join("\n").trimEnd()}\n`, marks };
}

function oneOf<const T>(known: readonly T[], value: unknown): T | null {
  return known.find((each) => each === value) ?? null;
}
