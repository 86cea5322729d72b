/**
 * A strict reader of the Markdown that a report is: it knows the few forms that we write, and refuses everything else that
 * GitHub's Markdown or the filters behind it would act on. So what it reads, everybody reads in the same way.
 */
export interface MarkdownReading {
  /** What stands in the heading. */
  readonly verdict: string;
  /** Rows of the table with the text of their cells, without its head. */
  readonly rows: readonly (readonly string[])[];
  /** What is folded, with its summary. */
  readonly sections: readonly {
    readonly summary: string;
    readonly paragraphs: readonly string[];
    readonly sql: readonly string[];
  }[];
  /** Text outside what is folded. */
  readonly paragraphs: readonly string[];
}

/** Reads a report as the reader of the page sees it. Throws where a line has a form that is not ours. */
export function readMarkdown(markdown: string): MarkdownReading {
  if (!markdown.endsWith("\n") || markdown.endsWith("\n\n")) throw new Error("does not end with one line end");
  const [first = "", ...lines] = markdown.slice(0, -1).split("\n");
  const verdict = /^## Lockkeeper: (.*)$/.exec(first)?.[1];
  if (verdict === undefined) throw new Error(`no verdict: ${first}`);
  const rows: (readonly string[])[] = [];
  const sections: { summary: string; paragraphs: string[]; sql: string[] }[] = [];
  const paragraphs: string[] = [];
  let section: (typeof sections)[number] | null = null;
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? "";
    const fence = /^(`{3,})sql$/.exec(line)?.[1];
    if (fence !== undefined) {
      const end = lines.findIndex((each, i) => i > at && new RegExp(`^ {0,3}\`{${fence.length},} *$`).test(each));
      if (section === null || lines[end] !== fence)
        throw new Error(`line ${at}: the fence is not closed as it was opened`);
      section.sql.push(lines.slice(at + 1, end).join("\n"));
      at = end;
    } else if (line === "<details>") {
      const summary = /^<summary>(.*)<\/summary>$/.exec(lines[at + 1] ?? "")?.[1];
      if (section !== null || summary === undefined || lines[at + 2] !== "") throw new Error(`line ${at}: not folded`);
      section = { summary: html(summary), paragraphs: [], sql: [] };
      sections.push(section);
      at += 2;
    } else if (line === "</details>") {
      if (section === null || lines[at - 1] !== "") throw new Error(`line ${at}: nothing to unfold`);
      section = null;
    } else if (line.startsWith("|")) {
      const cells = line.split("|").slice(1, -1);
      if (cells.length !== 5 || !line.endsWith("|")) throw new Error(`line ${at}: ${cells.length} cells`);
      rows.push(cells.map((cell) => inline(cell.trim())));
    } else if (line !== "") {
      // Nothing but our own words stands where Markdown looks for lists, headings, quotes and rules.
      if (!/^(?:\*\*|[A-Za-z0-9])/.test(line) || /^\d+[.)]/.test(line))
        throw new Error(`line ${at} begins with ${line}`);
      (section?.paragraphs ?? paragraphs).push(inline(line));
    }
  }
  if (section !== null) throw new Error("folded to the end");
  return { verdict: inline(verdict), rows: rows.slice(2), sections, paragraphs };
}

/** Text of a line of Markdown. */
export function inline(line: string): string {
  const bold = line.replace(/\*\*([^*]+)\*\*/g, "$1");
  const codes: string[] = [];
  const without = bold.replace(
    /`([^`\s](?:[^`]*[^`\s])?)`/g,
    (_all, text: string) => `\u0001${codes.push(text) - 1}\u0002`,
  );
  for (const text of codes) if (/[<>&\\|]/.test(text)) throw new Error(`code that looks like more: ${text}`);
  return html(without).replace(/\u0001(\d+)\u0002/g, (_all, at) => codes[Number(at)] ?? "");
}

/** Text of a line of HTML, in which Markdown must find nothing either. */
export function html(line: string): string {
  const raw = line.replace(/&(?:#\d+|lt|gt|amp);/g, "");
  const acting =
    /[\\`*[\]<>&|~$^]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|[\0\x03-\x1f\x7f-\x9f]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.exec(raw);
  if (acting !== null) throw new Error(`${JSON.stringify(acting[0])} acts in ${line}`);
  const visible = line
    .replace(/&#(\d+);/g, (_all, point) => String.fromCharCode(Number(point)))
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
  // What the filters behind the Markdown look for: mentions, references, addresses, pictures, commits.
  const linked = /@[a-z0-9]|#\d|gh-\d|:\/\/|mailto:\S|www\.|:[\w+-]+:|(?<![0-9a-z])[0-9a-f]{7,40}(?![0-9a-z])/i.exec(
    visible,
  );
  if (linked !== null) throw new Error(`${linked[0]} is linked in ${line}`);
  return visible.replaceAll("\u200b", "");
}
