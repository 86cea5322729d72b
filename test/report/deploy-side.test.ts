import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { renderBackupJson } from "../../src/report/backup-json.ts";
import { renderBackupMarkdown } from "../../src/report/backup-markdown.ts";
import type { BackupReport } from "../../src/report/backup-report.ts";
import { renderBackupTerminal } from "../../src/report/backup-terminal.ts";
import { sizeInWords } from "../../src/report/sizes.ts";
import { type Verification, verificationOf } from "../../src/report/verification.ts";
import { renderVerifyJson } from "../../src/report/verify-json.ts";
import { renderVerifyMarkdown } from "../../src/report/verify-markdown.ts";
import { renderVerifyTerminal } from "../../src/report/verify-terminal.ts";
import { manifest } from "../backup/manifests.ts";
import { hostileText } from "./hostile-reports.ts";
import { commandsIn } from "./runner.ts";

const hostileBackup = fc
  .record({
    id: hostileText,
    database: hostileText,
    failed: fc.option(hostileText),
    text: hostileText,
    list: fc.boolean(),
  })
  .map(({ id, database, failed, text, list }): BackupReport => {
    const proof = { ...manifest().proof, failed };
    const ledgers = [{ table: text, version: text }];
    const backup = manifest({ id, database, environment: text, proof, ledgers, position: { lsn: text, timeline: 1 } });
    if (list) {
      return {
        schema: 1,
        command: "backup list",
        store: text,
        backups: [backup, backup],
        unreadable: [{ id, why: text }],
      };
    }
    const failure = failed === null ? null : { code: "store-full", message: text, details: [text, id], hint: text };
    const outcome = failed === null ? "done" : "failed";
    return { schema: 1, command: "backup", outcome, store: text, backup, failure, warnings: [text], removed: [id] };
  });

const hostileVerification = fc
  .record({
    table: fc.option(hostileText),
    field: fc.option(hostileText),
    message: hostileText,
    hint: fc.option(hostileText),
  })
  .map((of): Verification => {
    const problem = { check: "queries", ...of, rows: [of.message, of.message] } as const;
    return verificationOf([{ check: "queries", looked: 2, errors: [problem], warnings: [problem] }]);
  });

/** What GitHub's Markdown and its filters would act on, in text outside of code. */
function livesIn(markdown: string): readonly string[] {
  const text = markdown.replace(/`[^`\n]*`/g, "code");
  const found = text.match(
    /<[A-Za-z!/]|(?<!&)[@#][A-Za-z0-9]|\]\(|!\[|www\.[a-z]|https?:\/\/|^\s*(```|~~~)|:\w+:|\r|[\u0000-\u0008\u200b\u202e]/gm,
  );
  return found ?? [];
}

describe("whatever stands in a backup or in a database", () => {
  test("a terminal and a log get text alone, line by line", () => {
    fc.assert(
      fc.property(hostileBackup, hostileVerification, (backup, verification) => {
        for (const text of [
          renderBackupTerminal(backup, { color: false }),
          renderVerifyTerminal(verification, { color: false }),
        ]) {
          expect(commandsIn(text)).toEqual([]);
          expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2028]/);
        }
      }),
    );
  });

  test("a page gets text alone, and a table keeps its columns", () => {
    fc.assert(
      fc.property(hostileBackup, hostileVerification, (backup, verification) => {
        const pages = [renderBackupMarkdown(backup), renderVerifyMarkdown(verification)];
        for (const page of pages) expect(livesIn(page)).toEqual([]);
        const rows = pages.flatMap((page) => page.split("\n")).filter((line) => line.startsWith("|"));
        for (const row of rows) expect(row.replace(/`[^`]*`/g, "").split("|")).toHaveLength(7);
      }),
    );
  });

  test("programs get it as it is", () => {
    fc.assert(
      fc.property(hostileBackup, hostileVerification, (backup, verification) => {
        const lone = (text: string): boolean => /[\ud800-\udfff]/.test(text);
        fc.pre(!lone(JSON.stringify(backup)) && !lone(JSON.stringify(verification)));
        expect(JSON.parse(renderBackupJson(backup))).toEqual(backup);
        expect(JSON.parse(renderVerifyJson(verification))).toEqual(verification);
      }),
    );
  });
});

describe("what people read", () => {
  const done = { schema: 1, command: "backup", outcome: "done", store: "/backups", warnings: [], removed: [] } as const;

  test("a backup is called proved only where it is", () => {
    const made = { ...done, backup: manifest(), failure: null };
    expect(renderBackupTerminal(made, { color: false })).toMatch(
      /^Backup 20261121T120000Z-app-0123abcd: made and proved\.$/m,
    );
    const proof = { ...manifest().proof, reached: "none" } as const;
    const unproved = { ...made, backup: manifest({ proof }) };
    expect(renderBackupTerminal(unproved, { color: false })).toContain("made, and not proved.");
    expect(renderBackupTerminal(unproved, { color: false })).not.toContain("made and proved");
  });

  test("sizes are read as PostgreSQL writes them", () => {
    expect([0, 1023, 1024, 1536, 10 * 1024 ** 2, 5.26 * 1024 ** 3, 3 * 1024 ** 5].map(sizeInWords)).toEqual([
      "0 B",
      "1023 B",
      "1 kB",
      "1.5 kB",
      "10 MB",
      "5.3 GB",
      "3072 TB",
    ]);
  });
});
