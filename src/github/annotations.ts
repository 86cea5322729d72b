import { endGroup, error, info, notice, startGroup, warning } from "@actions/core";
import type { Annotation } from "../report/annotations.ts";
import { shown } from "../report/cells.ts";
import { count, list } from "../text.ts";

const printers = { error, warning, notice } as const;
type Level = keyof typeof printers;
const levels: readonly Level[] = ["error", "warning", "notice"];

/** GitHub keeps the first so many of each level in one step. */
const mostOfLevel = 10;

/** Prints remarks that GitHub shows beside the lines of the files, the first of each level, and counts the rest. */
export function annotate(all: readonly Annotation[], { stepFails }: { readonly stepFails: boolean }): void {
  if (all.length === 0) return;
  startGroup("Annotations");
  const leftOut = levels.flatMap((level) => {
    // The message with which the step fails is an error too, comes last, and must not be the one that is dropped.
    const most = level === "error" && stepFails ? mostOfLevel - 1 : mostOfLevel;
    const ofLevel = all.filter((each) => each.level === level);
    for (const each of ofLevel.slice(0, most)) print(each);
    return ofLevel.length > most ? [count(ofLevel.length - most, level)] : [];
  });
  if (leftOut.length > 0) info(`Not shown: ${list(leftOut)}. GitHub shows at most ${mostOfLevel} of each in a step.`);
  endGroup();
}

function print({ level, path, line, endLine, column, endColumn, title, message }: Annotation): void {
  const columns = column === null || endColumn === null ? {} : { startColumn: column, endColumn };
  const place = { title: shown(title), file: shown(path), startLine: line, endLine, ...columns };
  const lines = message.split("\n").map((each) => shown(each.replaceAll("\t", "    ")));
  printers[level](lines.join("\n"), place);
}
