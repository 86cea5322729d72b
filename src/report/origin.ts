import { code, prose } from "./markdown-text.ts";

/** How a pending migration has come to the branch that is deployed. */
export interface ReportOrigin {
  readonly path: string;
  readonly version: string;
  /** approved: a merged pull request has brought it as it is, with the approvals that the policy asks for; none: nobody knows of one. */
  readonly standing: OriginStanding;
  /** The pull request; null where none has brought it. */
  readonly pull: number | null;
  /** Whoever is at its beginning, who cannot approve it. */
  readonly authors: readonly string[];
  /** Why it is not approved, as the end of a sentence; null where it is. */
  readonly why: string | null;
}

export const originStandings = ["approved", "unapproved", "none"] as const;
export type OriginStanding = (typeof originStandings)[number];

/** The worst of them; approved where nothing is pending. */
export function worstOrigin(origins: readonly ReportOrigin[]): OriginStanding {
  const worst = Math.max(0, ...origins.map(({ standing }) => originStandings.indexOf(standing)));
  return originStandings[worst] ?? "none";
}

const mostRows = 100;

/** Where the migrations come from, as Markdown; "" where nothing is pending. */
export function renderOrigins(origins: readonly ReportOrigin[]): string {
  if (origins.length === 0) return "";
  const rows = origins.slice(0, mostRows).map(({ path, pull, standing, why }) => {
    const from = pull === null ? "no pull request" : `#${pull}`;
    return `| ${code(path)} | ${from} | ${standing === "approved" ? "yes" : `no: ${prose(why ?? standing)}`} |`;
  });
  const more = origins.length > mostRows ? [`\n${origins.length - mostRows} more are not shown.`] : [];
  const open = worstOrigin(origins) === "approved" ? [] : ["", needsReviewer];
  return [
    "### Where they come from",
    "",
    "| migration | brought by | approved as it is |",
    "| --- | --- | --- |",
    ...rows,
  ]
    .concat(more, open, [""])
    .join("\n");
}

const needsReviewer =
  "What no approved pull request has brought needs somebody who approves the deploy itself: a reviewer of the environment, or the approval issue.";

/** The same for the log, a line for each that is not approved. */
export function originLines(origins: readonly ReportOrigin[]): readonly string[] {
  return origins
    .filter(({ standing }) => standing !== "approved")
    .map(({ path, why, standing }) => `${path} was not approved as it is: ${why ?? standing}.`);
}
