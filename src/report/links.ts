import { isGenerated } from "../migrations/generated.ts";
import { code, prose } from "./markdown-text.ts";

/** Where the files of the judged commit are shown; null: nothing is linked. */
export interface Source {
  readonly repositoryUrl: string | null;
  readonly head: string;
}

/** The lines of a file. */
export interface Place {
  readonly path: string;
  readonly line: number;
  readonly endLine: number;
}

/** A file by this name, linked to its page where it lies in the repository. */
export function linkedFile(name: string, path: string, source: Source): string {
  return linked(code(name), urlOf(path, source));
}

/** Lines of a file in these words, linked to them. */
export function linkedLines(words: string, { path, line, endLine }: Place, source: Source): string {
  const url = urlOf(path, source);
  return linked(prose(words), url === null ? null : `${url}#L${line}${endLine > line ? `-L${endLine}` : ""}`);
}

/** The commit in short, linked. */
export function linkedCommit({ repositoryUrl, head }: Source): string {
  const short = code(head.slice(0, 7));
  return repositoryUrl === null ? short : linked(short, `${repositoryUrl}/commit/${encoded(head)}`);
}

/** Words that are Markdown already, as a link; only of addresses that we have put together. */
export function linked(words: string, url: string | null): string {
  return url === null || words === "" ? words : `[${words}](${url})`;
}

function urlOf(path: string, { repositoryUrl, head }: Source): string | null {
  const leads = path.split("/").every((step) => step !== "" && step !== "." && step !== "..");
  if (repositoryUrl === null || !leads || isGenerated(path) || path.length > longestPath) return null;
  return `${repositoryUrl}/blob/${encoded(head)}/${path.split("/").map(encoded).join("/")}`;
}

/** No file system has longer ones in a repository, and a table of such links would be nothing else. */
const longestPath = 400;

/** A part of a path as an address has it; what would end a link in Markdown, or what it is written in, is a number too. */
function encoded(part: string): string {
  return encodeURIComponent(part.replace(/\p{Cs}/gu, "\ufffd")).replace(
    /[!'()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
