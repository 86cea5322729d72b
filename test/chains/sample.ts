import { at, type ExpectedChain, eitherWay, needsApproval, pass, runs } from "./expectation.ts";

/** The sample migrations in migrations/: most are harmless, a few are not, none is refused. */
export const expected: ExpectedChain = {
  layout: "golang-migrate",
  migrations: [
    {
      path: "000001_create_companies.up.sql",
      version: "000001",
      risk: "low",
      verdict: eitherWay(pass),
      statements: [at(1, "add", "low"), at(8, "add", "low")],
      down: eitherWay(runs),
    },
    {
      path: "000002_create_users.up.sql",
      version: "000002",
      risk: "low",
      verdict: eitherWay(pass),
      statements: [at(1, "add", "low"), at(9, "index", "low")],
      down: eitherWay(runs),
    },
    {
      path: "000003_create_vouchers.up.sql",
      version: "000003",
      risk: "low",
      verdict: eitherWay(pass),
      statements: [
        at(1, "session", "low"),
        at(3, "add", "low"),
        at(16, "add", "low"),
        at(24, "index", "low"),
        at(25, "index", "low"),
        at(27, "add", "low"),
        at(28, "add", "low"),
        at(30, "session", "low"),
      ],
      down: eitherWay(runs),
    },
    {
      path: "000004_create_audit_logs.up.sql",
      version: "000004",
      risk: "low",
      verdict: eitherWay(pass),
      statements: [at(1, "add", "low"), at(13, "index", "low")],
      down: eitherWay(runs),
    },
    // A varchar that only gets longer: nothing is rewritten, no index rebuilt.
    {
      path: "000005_add_voucher_reference.up.sql",
      version: "000005",
      risk: "low",
      verdict: eitherWay(pass),
      statements: [at(2, "add", "low"), at(7, "type-change", "low"), at(9, "add", "low"), at(10, "add", "low")],
      down: eitherWay(runs),
    },
    {
      path: "000006_index_voucher_reference.up.sql",
      version: "000006",
      risk: "medium",
      verdict: eitherWay(needsApproval),
      statements: [at(2, "index", "medium")],
      down: eitherWay(runs),
    },
    // A backfill in one transaction, a scan under ACCESS EXCLUSIVE, and a volatile default, which rewrites the table.
    {
      path: "000007_add_user_preferences.up.sql",
      version: "000007",
      risk: "critical",
      verdict: eitherWay(needsApproval),
      statements: [
        at(1, "session", "low"),
        at(4, "add", "low"),
        at(7, "data", "critical"),
        at(10, "constraint", "high"),
        at(13, "add", "high"),
        at(15, "session", "low"),
      ],
      down: eitherWay(runs),
    },
    // Another scale rewrites the table; the foreign key scans both tables' worth of rows with writes waiting.
    {
      path: "000008_change_amount_precision.up.sql",
      version: "000008",
      risk: "high",
      verdict: eitherWay(needsApproval),
      statements: [at(2, "type-change", "high"), at(6, "constraint", "high")],
      down: eitherWay(runs),
    },
    {
      path: "000009_tidy_audit_logs.up.sql",
      version: "000009",
      risk: "critical",
      verdict: eitherWay(needsApproval),
      statements: [at(2, "index", "high"), at(5, "drop", "critical")],
      down: eitherWay(runs),
    },
  ],
};
