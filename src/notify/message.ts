import type { NotifyConfig, NotifyEvent } from "../config/notify.ts";

/** What people are told; every text without secrets. */
export interface Notification {
  readonly event: NotifyEvent;
  readonly command: string;
  readonly environment: string | null;
  readonly database: string | null;
  readonly digest: string | null;
  readonly risk: string | null;
  readonly versions: readonly string[];
  /** How it stands, in a sentence or a few. */
  readonly summary: string;
  readonly actor: string | null;
  readonly commit: string | null;
  readonly runUrl: string | null;
  readonly at: Date;
}

/** The body of the request, as the receiver takes it. */
export function bodyOf(notification: Notification, { format }: Pick<NotifyConfig, "format">): string {
  return format === "slack" ? JSON.stringify({ text: slackText(notification) }) : json(notification);
}

function json(notification: Notification): string {
  const { event, command, environment, database, digest, risk, versions, summary, actor, commit, runUrl, at } =
    notification;
  return JSON.stringify({
    ...{ schema: 1, event, command, environment, database, digest, risk, versions, summary, actor, commit, runUrl },
    at: at.toISOString(),
  });
}

const mostVersions = 10;
const longestText = 3_000;

function slackText(notification: Notification): string {
  const { event, command, environment, database, versions, risk, summary, actor, commit, runUrl } = notification;
  const where = environment ?? database ?? "a database";
  const more = versions.length > mostVersions ? ` and ${versions.length - mostVersions} more` : "";
  const facts = [
    ...(versions.length === 0 ? [] : [`${versions.slice(0, mostVersions).join(", ")}${more}`]),
    ...(risk === null ? [] : [`risk ${risk}`]),
    ...(actor === null ? [] : [`by ${actor}`]),
    ...(commit === null ? [] : [commit.slice(0, 12)]),
  ];
  const head = `*${escaped(`Lockkeeper ${command} on ${where}: ${event}`)}*`;
  // What cuts must not cut an escape in two, so each part is cut before it is escaped.
  const lines = [head, escaped(summary.slice(0, longestText)), escaped(facts.join(" · "))];
  const link = runUrl !== null && /^https?:\/\/[^\s<>|]+$/.test(runUrl) ? [`<${runUrl}|The run>`] : [];
  return [...lines.filter((line) => line !== ""), ...link].join("\n");
}

/** Slack's three characters, with which it also makes mentions (<!channel>) and links; and what makes words bold or code. */
function escaped(text: string): string {
  const plain = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  // A joiner that nobody sees keeps a name of SQL from being a format.
  return plain.replace(/[*_~`]/g, "\u2060$&");
}
