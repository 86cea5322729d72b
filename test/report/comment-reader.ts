import { html, inline } from "./markdown-reader.ts";

/** The one block of code at the end of a Markdown text, as GitHub reads it. Throws where it is not the end, or not closed. */
export function readFence(markdown: string): { readonly language: string; readonly text: string } {
  const lines = markdown.split("\n");
  const start = lines.findIndex((line) => /^`{3,}/.test(line));
  const [, fence = "", language = ""] = /^(`{3,})(\w*)$/.exec(lines[start] ?? "") ?? [];
  if (fence === "") throw new Error("no block of code");
  const end = lines.findIndex((line, i) => i > start && new RegExp(`^ {0,3}\`{${fence.length},}[ \\t]*$`).test(line));
  if (end !== lines.length - 1) throw new Error(`the block ends in line ${end + 1} of ${lines.length}`);
  return { language, text: lines.slice(start + 1, end).join("\n") };
}

/** What a reader of the page sees of a comment. */
export interface CommentReading {
  readonly mark: string;
  readonly title: string;
  /** The coloured block: its kind, and its sentences. */
  readonly alert: { readonly kind: string; readonly sentences: readonly string[] };
  /** Rows of the table of migrations without its head, by cells. */
  readonly rows: readonly (readonly string[])[];
  /** Answers of the checklist by question. */
  readonly checklist: Readonly<Record<string, string>>;
  /** The text of the chart; null where there is none. */
  readonly chart: string | null;
  readonly items: readonly string[];
  readonly sections: readonly {
    readonly summary: string;
    readonly paragraphs: readonly string[];
    readonly sql: readonly string[];
  }[];
  readonly paragraphs: readonly string[];
  /** Every address that a link leads to. */
  readonly links: readonly string[];
}

/**
 * A strict reader of the Markdown that a comment is: it knows the few forms that we write, and refuses everything else on which GitHub
 * would act.
 */
export function readComment(markdown: string): CommentReading {
  if (!markdown.endsWith("\n") || markdown.endsWith("\n\n")) throw new Error("does not end with one line end");
  const [mark = "", ...lines] = markdown.slice(0, -1).split("\n");
  const links: string[] = [];
  const text = (line: string): string => inline(withoutLinks(line, links));
  const rows: (readonly string[])[] = [];
  const sections: { summary: string; paragraphs: string[]; sql: string[] }[] = [];
  const [items, paragraphs, sentences]: [string[], string[], string[]] = [[], [], []];
  let chart: string | null = null;
  let kind = "";
  let section: (typeof sections)[number] | null = null;
  const title = /^## \S+ Lockkeeper: (.*)$/.exec(lines[0] ?? "")?.[1];
  if (title === undefined) throw new Error(`no title: ${lines[0]}`);
  for (let at = 1; at < lines.length; at++) {
    const line = lines[at] ?? "";
    const [, fence, language] = /^(`{3,})(\w+)$/.exec(line) ?? [];
    if (fence !== undefined) {
      const end = lines.findIndex((each, i) => i > at && new RegExp(`^ {0,3}\`{${fence.length},}[ \\t]*$`).test(each));
      if (lines[end] !== fence) throw new Error(`line ${at}: the fence is not closed as it was opened`);
      const block = lines.slice(at + 1, end).join("\n");
      if (language === "mermaid" && chart === null) chart = block;
      else if (language === "sql" && section !== null) section.sql.push(block);
      else throw new Error(`line ${at}: a block of ${language} here`);
      at = end;
    } else if (line === "<details>" || line === "<details open>") {
      const summary = /^<summary>(.*)<\/summary>$/.exec(lines[at + 1] ?? "")?.[1];
      if (section !== null || summary === undefined || lines[at + 2] !== "") throw new Error(`line ${at}: not folded`);
      section = { summary: html(summary), paragraphs: [], sql: [] };
      sections.push(section);
      at += 2;
    } else if (line === "</details>") {
      if (section === null || lines[at - 1] !== "") throw new Error(`line ${at}: nothing to unfold`);
      section = null;
    } else if (line.startsWith("> ")) {
      const alert = /^> \[!(\w+)\]$/.exec(line)?.[1];
      if (alert === undefined) sentences.push(text(line.slice(2).trimEnd()));
      else if (kind === "") kind = alert;
      else throw new Error(`line ${at}: a second block of colour`);
    } else if (line.startsWith("|")) {
      const cells = line.split("|").slice(1, -1);
      if (!line.endsWith("|")) throw new Error(`line ${at}: a row without an end`);
      rows.push(cells.map((cell) => text(cell.trim())));
    } else if (line.startsWith("- ")) items.push(text(line.slice(2)));
    else if (line !== "") {
      if (!/^(?:\*\*|[A-Za-z0-9]|🟢|🟡|🟠|🔴|⛔)/u.test(line) || /^\d+[.)]/.test(line))
        throw new Error(`line ${at} begins with ${line}`);
      (section?.paragraphs ?? paragraphs).push(text(line.trimEnd()));
    }
  }
  if (section !== null) throw new Error("folded to the end");
  const checklist = rows.filter((cells) => cells.length === 2 && cells[1] !== "" && !/^-+$/.test(cells[1] ?? ""));
  const own = rows.filter((cells) => cells.length === 6).slice(2);
  if (rows.some(({ length }) => length !== 2 && length !== 6)) throw new Error("a row of another table");
  const answers = Object.fromEntries(checklist.map(([question = "", answer = ""]) => [question, answer]));
  return {
    mark,
    title,
    alert: { kind, sentences },
    rows: own,
    checklist: answers,
    chart,
    items,
    sections,
    paragraphs,
    links,
  };
}

/** A line without our own links and line breaks, whose addresses are kept. */
function withoutLinks(line: string, links: string[]): string {
  return line
    .replace(/\[([^\]]*)\]\((https:\/\/[^()\s<>"`|]*)\)/g, (_all, words: string, url: string) => {
      links.push(url);
      return words;
    })
    .replaceAll("<br>", " / ")
    .replaceAll("&nbsp;", " ");
}
