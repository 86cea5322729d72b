import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, readSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import schema from "../../docs/report.schema.json" with { type: "json" };
import { UserError } from "../errors.ts";
import type { Report } from "../report/report.ts";
import { count } from "../text.ts";
import { isInside } from "./checkout.ts";
import { keyInName } from "./report-name.ts";

/** A report that a run for a fork has left: whoever has opened the pull request may have written every word of it. */
export interface StoredReport {
  /** From the workspace. */
  readonly path: string;
  /** Of the job that has made it, as the name of its file says; "" where it says nothing. */
  readonly key: string;
  readonly report: Report;
}

/** More than any pull request needs, and little enough to be read at once. */
const mostBytes = 20 * 1024 * 1024;
const mostReports = 20;
const mostLevels = 3;

/** Reads a report, or all that lie in a directory. Throws UserError: there is none, too many, or one that is no report. */
export function storedReports(workspace: string, path: string): readonly StoredReport[] {
  const full = resolve(workspace, path);
  if (!isInside(workspace, full)) throw problem(path, "it is not in the workspace");
  const files = filesAt(full, mostLevels);
  if (files.length === 0) {
    throw new UserError("report-missing", `There is no report at ${path}.`, {
      hint: "get it with actions/download-artifact, as .github/workflows/publish.yml does.",
    });
  }
  if (files.length > mostReports)
    throw problem(path, `there are ${count(files.length, "file")}, of ${mostReports} at most`);
  const reports = files.map((file) => {
    const name = relative(workspace, file);
    return { path: name, key: keyIn(basename(file), name), report: parsed(textOf(file, name), name) };
  });
  const keys = new Set(reports.map(({ key }) => key));
  if (keys.size < reports.length) {
    throw new UserError("reports-ambiguous", "Two reports are of jobs that call themselves the same.", {
      details: reports.map((each) => `${each.path}: ${each.key === "" ? "no key" : `key ${each.key}`}`),
      hint: "give each job an input key of its own.",
    });
  }
  return reports;
}

/** The JSON files at and below a path. Links are not followed, wherever they lead. */
function filesAt(path: string, levels: number): readonly string[] {
  const entry = lstatSync(path, { throwIfNoEntry: false });
  if (entry?.isFile() === true) return path.endsWith(".json") ? [path] : [];
  if (entry?.isDirectory() !== true || levels === 0) return [];
  return readdirSync(path)
    .toSorted()
    .flatMap((name) => filesAt(join(path, name), levels - 1));
}

function textOf(file: string, name: string): string {
  const descriptor = openSync(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  try {
    const { size } = fstatSync(descriptor);
    if (size > mostBytes) throw problem(name, `it has ${count(size, "byte")}, of ${mostBytes} at most`);
    const bytes = Buffer.alloc(size);
    readSync(descriptor, bytes, 0, size, 0);
    return bytes.toString("utf8");
  } finally {
    closeSync(descriptor);
  }
}

function keyIn(file: string, name: string): string {
  const key = keyInName(file);
  if (key === null) throw problem(name, "its name is none of a report's");
  return key;
}

const validate = new Ajv2020({ strict: false, allErrors: false }).compile<Report>(schema);
const ranks = { pass: 0, "needs-approval": 1, blocked: 2 } as const;

function parsed(text: string, name: string): Report {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw problem(name, "it is no JSON");
  }
  if (!validate(value)) {
    const [first] = validate.errors ?? [];
    throw problem(
      name,
      `it is not what docs/report.schema.json describes: ${first?.instancePath ?? ""} ${first?.message ?? ""}`,
    );
  }
  const worst = Math.max(0, ...value.migrations.map(({ verdict }) => ranks[verdict]));
  if (ranks[value.verdict.outcome] !== worst || value.coverage.migrations !== value.migrations.length) {
    throw problem(name, "it contradicts itself");
  }
  return value;
}

function problem(path: string, why: string): UserError {
  return new UserError("report-refused", `The report ${path} is not published: ${why.slice(0, 300)}.`, {
    hint: "it was made by the pull request's own run, which can be another version of Lockkeeper, or somebody's invention.",
  });
}
