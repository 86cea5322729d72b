import type { Resolved } from "../plan/resolution.ts";
import type { BackupReport } from "./backup-report.ts";
import { noOrder, shown } from "./cells.ts";
import type { DeployReport } from "./deploy-report.ts";
import type { PlanReport } from "./plan-report.ts";
import type { Report } from "./report.ts";
import type { RollbackReport } from "./rollback-report.ts";
import type { TerminalOptions } from "./terminal.ts";
import type { Verification } from "./verification.ts";

/** The forms in which the report of a command with a database is shown. Only what writes the one that is asked for is loaded. */
export interface Forms<R> {
  text(report: R, look: TerminalOptions): Promise<string>;
  json(report: R): Promise<string>;
  /** For the summary of a step. */
  markdown(report: R, limit: { readonly maxBytes: number }): Promise<string>;
}

/** A plan, and its pending migrations as `check` reports them; null for `status`, which judges nothing. */
export interface Planned {
  readonly report: PlanReport;
  readonly check: Report | null;
}

export const planForms: Forms<Planned> = {
  async text({ report, check }, look) {
    const { renderPlanTerminal } = await import("./plan-terminal.ts");
    return renderPlanTerminal(report, check, look);
  },
  async json({ report }) {
    const { renderPlanJson } = await import("./plan-json.ts");
    return renderPlanJson(report);
  },
  async markdown({ report, check }, limit) {
    const { renderPlanMarkdown } = await import("./plan-markdown.ts");
    return renderPlanMarkdown(report, check, limit);
  },
};

export const deployForms: Forms<DeployReport> = {
  async text(report, look) {
    const { renderDeployTerminal } = await import("./deploy-terminal.ts");
    const back = report.rollback === null ? "" : `\n${await rollbackForms.text(report.rollback, look)}`;
    return `${renderDeployTerminal(report, look)}${back}`;
  },
  async json(report) {
    const { renderDeployJson } = await import("./deploy-json.ts");
    return renderDeployJson(report);
  },
  async markdown(report, limit) {
    const { renderDeployMarkdown } = await import("./deploy-markdown.ts");
    const back = report.rollback === null ? "" : `\n${await rollbackForms.markdown(report.rollback, limit)}`;
    return `${renderDeployMarkdown(report)}${back}`;
  },
};

export const rollbackForms: Forms<RollbackReport> = {
  async text(report, look) {
    const { renderRollbackTerminal } = await import("./rollback-terminal.ts");
    return renderRollbackTerminal(report, look);
  },
  async json(report) {
    const { renderRollbackJson } = await import("./rollback-json.ts");
    return renderRollbackJson(report);
  },
  async markdown(report) {
    const { renderRollbackMarkdown } = await import("./rollback-markdown.ts");
    return renderRollbackMarkdown(report);
  },
};

export const verifyForms: Forms<Verification> = {
  async text(report, look) {
    const { renderVerifyTerminal } = await import("./verify-terminal.ts");
    return renderVerifyTerminal(report, look);
  },
  async json(report) {
    const { renderVerifyJson } = await import("./verify-json.ts");
    return renderVerifyJson(report);
  },
  async markdown(report) {
    const { renderVerifyMarkdown } = await import("./verify-markdown.ts");
    return renderVerifyMarkdown(report);
  },
};

export const backupForms: Forms<BackupReport> = {
  async text(report, look) {
    const { renderBackupTerminal } = await import("./backup-terminal.ts");
    return renderBackupTerminal(report, look);
  },
  async json(report) {
    const { renderBackupJson } = await import("./backup-json.ts");
    return renderBackupJson(report);
  },
  async markdown(report) {
    const { renderBackupMarkdown } = await import("./backup-markdown.ts");
    return renderBackupMarkdown(report);
  },
};

export const resolveForms: Forms<Resolved> = {
  async text(resolved) {
    const { renderResolveTerminal } = await import("./resolve-terminal.ts");
    return renderResolveTerminal(resolved);
  },
  json: async (resolved) => `${JSON.stringify(resolved, null, 2)}\n`,
  async markdown(resolved) {
    const { sqlBlock } = await import("./markdown-text.ts");
    const lines = (await resolveForms.text(resolved, { color: false, width: 100, source: () => null })).split("\n");
    const left = lines.length - mostLines;
    const more = left > 0 ? [`(${left} lines more are in the log)`] : [];
    return `## Lockkeeper resolve\n\n${sqlBlock([...lines.slice(0, mostLines), ...more])}\n`;
  },
};

/** More of them nobody reads on the page of a run. */
const mostLines = 500;

/** The forms of what a sentence is enough for. */
export function sentenceForms<R extends object>(command: string, words: (report: R) => string): Forms<R> {
  return {
    text: async (report) => `${noOrder(shown(words(report)))}\n`,
    json: async (report) => `${JSON.stringify({ schema: 1, command, ...report }, null, 2)}\n`,
    async markdown(report) {
      const { prose } = await import("./markdown-text.ts");
      return `## Lockkeeper ${command}\n\n${prose(words(report))}\n`;
    },
  };
}
