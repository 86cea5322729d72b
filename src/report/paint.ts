import type { ReportRisk } from "./report.ts";

/** What a piece of text is, for whoever gives it a colour. */
export type Style = ReportRisk | "blocked" | "good" | "dim" | "strong";
/** Gives one line of text the look of its style. */
export type Paint = (style: Style, text: string) => string;

// The sixteen colours follow the user's theme. No bright yellow or white, which vanish on a light background.
const codes: Readonly<Record<Style, string | null>> = {
  blocked: "1;31",
  critical: "1;31",
  high: "33",
  medium: "36",
  low: null,
  good: "32",
  dim: "2",
  strong: "1",
};

/** No colours: the text as it is. */
export const plain: Paint = (_style, text) => text;

/** ANSI colours. */
export const coloured: Paint = (style, text) => {
  const code = codes[style];
  return code === null || text === "" ? text : `\u001b[${code}m${text}\u001b[0m`;
};
