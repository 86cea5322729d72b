import { code, prose } from "./markdown-text.ts";

/** What a run has done in an environment with the migrations of one pull request. */
export interface DeployedNews {
  readonly environment: string;
  readonly result: "applied" | "failed" | "rolled-back";
  readonly isBack: boolean;
  /** As GitHub's clock had it; "" where it was not asked. */
  readonly at: string;
  readonly runUrl: string;
  readonly migrations: readonly { readonly path: string; readonly isThere: boolean }[];
}

/** The hidden line by which the comment of an environment is found again. */
export function deployedMark(environment: string): string {
  return `<!-- lockkeeper:deployed environment=${encodeURIComponent(environment).replace(/--+/g, "%2D%2D")} -->`;
}

const titles = {
  applied: "are in",
  failed: "could not be applied in full to",
  "rolled-back": "were taken back from",
} as const;

const failedBack = "could not be taken back in full from";

const mostRows = 50;

/** The comment on a pull request that has brought migrations, in Markdown. */
export function renderDeployed({ environment, result, isBack, at, runUrl, migrations }: DeployedNews): string {
  const isPartly = result === "failed" && !isBack;
  const rows = migrations
    .slice(0, mostRows)
    .map(({ path, isThere }) => `- ${code(path)}${isPartly ? (isThere ? ": applied" : ": not applied") : ""}`);
  const more = migrations.length > mostRows ? [`- and ${migrations.length - mostRows} more`] : [];
  const when = at === "" ? "" : ` at ${at.replace("T", " ").replace("Z", " UTC")}`;
  return [
    deployedMark(environment),
    `**The migrations of this pull request ${isBack && result === "failed" ? failedBack : titles[result]} ${prose(environment)}**${when} ([run](${runUrl})).`,
    "",
    ...rows,
    ...more,
    "",
  ].join("\n");
}
