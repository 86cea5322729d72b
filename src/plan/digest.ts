import { createHash } from "node:crypto";

/** SHA-256 of a script, in hexadecimal; the same with and without a byte order mark, and for line ends of every kind. */
export function scriptDigest(text: string): string {
  const plain = text.startsWith("\ufeff") ? text.slice(1) : text;
  return sha256(plain.includes("\r") ? plain.replace(/\r\n?/g, "\n") : plain);
}

/** SHA-256 of a migration, in hexadecimal, from those of its scripts; null where one of them could not be read. */
export function migrationDigest(scripts: {
  /** Null: could not be read. Undefined: there is none. */
  readonly up: string | null | undefined;
  readonly down: string | null | undefined;
}): string | null {
  const { up, down } = scripts;
  if (up === null || down === null) return null;
  return sha256(`up ${up ?? "none"}\ndown ${down ?? "none"}\n`);
}

/** SHA-256 of what is deployed together, in hexadecimal, from the digests of its migrations in their order. */
export function setDigest(migrations: readonly { readonly version: string; readonly digest: string | null }[]): string {
  return sha256(migrations.map(({ version, digest }) => `${version} ${digest ?? "unread"}\n`).join(""));
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** What a plan would do and where, as far as somebody agrees to it: no sizes, and no times. */
export interface PlanIdentity {
  readonly direction: "up" | "down";
  readonly environment: string | null;
  readonly systemIdentifier: string | null;
  readonly database: string;
  /** The server's major version. */
  readonly major: number;
  /** In the order in which they run. */
  readonly migrations: readonly {
    readonly directory: string;
    readonly version: string;
    readonly digest: string | null;
  }[];
  readonly outcome: {
    readonly verdict: string;
    readonly deploy: string;
    readonly backup: string;
    readonly approvals: number;
  };
}

/** SHA-256 of a plan, in hexadecimal. */
export function planDigest(plan: PlanIdentity): string {
  const { direction, environment, systemIdentifier, database, major, migrations, outcome } = plan;
  const { verdict, deploy, backup, approvals } = outcome;
  const parts = [
    ["plan", 1, direction, environment, systemIdentifier, database, major],
    [verdict, deploy, backup, approvals],
    ...migrations.map(({ directory, version, digest }) => [directory, version, digest]),
  ];
  return sha256(parts.map((part) => `${JSON.stringify(part)}\n`).join(""));
}

/** SHA-256 of statements in their order, in hexadecimal: by it a script is known to begin as the one that was applied in part. */
export function statementsDigest(statements: readonly string[]): string {
  return sha256(statements.map((sql) => `${sql.length} ${sql.replace(/\r\n?/g, "\n")}\n`).join(""));
}
