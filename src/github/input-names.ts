/** Every input of the action with what it is where nothing is written. action.yml and the README's table say the same. */
export const inputDefaults = {
  command: "check",
  path: "",
  "working-directory": "",
  config: "",
  layout: "",
  postgres: "",
  "fail-on": "",
  rehearse: "",
  since: "",
  token: `\${{ github.token }}`,
  comment: "always",
  suggestions: "true",
  "fail-job": "false",
  key: "",
  summary: "true",
  annotations: "true",
  "report-file": "",
  "sarif-file": "",
  environment: "",
  "database-url": "",
  "target-version": "",
  migrate: "manual",
  "expect-digest": "",
  "backup-id": "",
  backup: "policy",
  store: "",
  proof: "",
  jobs: "",
  "data-only": "false",
  "schema-only": "false",
  "allow-out-of-order": "false",
  "allow-missing": "false",
  "allow-other-database": "false",
  "after-url": "",
  "lock-timeout": "",
  "lock-retries": "",
  "lock-wait": "",
  "max-blocking": "",
  "max-duration": "",
  steps: "",
  reason: "manual",
  "confirm-loss": "",
  "dry-run": "false",
  mark: "",
  "resume-at": "",
  "roll-back": "false",
  save: "",
  "compare-with": "",
  approval: "environment",
  "reviewed-in": "",
  "health-check": "true",
  "from-report": "",
} as const;
export type InputName = keyof typeof inputDefaults;

/** What is said of SQL, to GitHub and without a database. */
export const checkCommands = ["check", "publish"] as const;
export type CheckCommand = (typeof checkCommands)[number];

/** What works on a database, or on the backups of one. */
export const databaseCommands = [
  ...(["plan", "status", "migrate", "rollback", "resolve", "baseline", "force"] as const),
  ...(["verify", "backup", "backup list", "backup verify"] as const),
] as const;
export type DatabaseCommand = (typeof databaseCommands)[number];

/** What is said to GitHub and asked of it around a deploy, by the report of an earlier step. */
export const aroundCommands = ["ask", "answer", "record"] as const;
export type AroundCommand = (typeof aroundCommands)[number];

export type Command = CheckCommand | DatabaseCommand | AroundCommand;
export const commands: readonly Command[] = [...checkCommands, ...databaseCommands, ...aroundCommands];

const everywhere = ["command", "working-directory", "config", "token", "key", "summary", "report-file"] as const;
const ofCheck = [
  ...(["path", "layout", "postgres", "fail-on", "rehearse", "since", "comment", "suggestions", "fail-job"] as const),
  ...(["annotations", "sarif-file"] as const),
];
const ofDatabase = ["environment", "database-url"] as const;
const ofMigrations = [...ofDatabase, "path", "layout", "target-version"] as const;
const ofPlan = [...ofMigrations, "allow-out-of-order", "allow-missing", "annotations"] as const;
const ofWriting = [
  ...(["expect-digest", "backup-id", "backup", "store", "after-url", "allow-other-database"] as const),
  ...(["lock-timeout", "lock-retries", "lock-wait", "max-blocking", "max-duration", "annotations"] as const),
];

/** The inputs that a command takes beside those that all of them take: as the command line has options. */
const taken: Readonly<Record<Command, readonly InputName[]>> = {
  check: ofCheck,
  publish: ofCheck,
  plan: ofPlan,
  status: ofPlan,
  migrate: [...ofPlan, ...ofWriting, "migrate", "health-check"],
  rollback: [...ofMigrations, ...ofWriting, "steps", "reason", "confirm-loss", "dry-run"],
  resolve: [...ofMigrations, "mark", "resume-at", "roll-back"],
  baseline: ofMigrations,
  force: ofMigrations,
  verify: [...ofPlan, "save", "compare-with"],
  backup: [...ofDatabase, "store", "proof", "jobs", "data-only", "schema-only"],
  "backup list": [...ofDatabase, "store"],
  "backup verify": [...ofDatabase, "store", "proof", "jobs", "backup-id"],
  ask: ["approval", "reviewed-in", "from-report"],
  answer: [],
  record: ["from-report"],
};

/** Whether a command reads this input. */
export function takes(command: Command, name: InputName): boolean {
  return everywhere.some((each) => each === name) || taken[command].includes(name);
}
