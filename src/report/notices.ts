import { count } from "../text.ts";
import type { Collisions, Notice } from "./comment-context.ts";
import { code, prose } from "./markdown-text.ts";
import { cutShort, oneLine } from "./said.ts";

const mostNotices = 10;
const longestSentence = 400;

/** What a reviewer must know about the check itself, one item each; null where there is nothing. */
export function noticeList(notices: readonly Notice[]): string | null {
  if (notices.length === 0) return null;
  const items = notices.slice(0, mostNotices).map((notice) => `- ${noticeWords(notice)}`);
  const more = notices.length > mostNotices ? [`- and ${count(notices.length - mostNotices, "more notice")}`] : [];
  return [...items, ...more].join("\n");
}

function noticeWords(notice: Notice): string {
  switch (notice.kind) {
    case "config-changed":
      return `This pull request changes ${code(cutShort(notice.path))}. The check goes by the version that it builds on; the change counts after the merge.`;
    case "loosening":
      return `The workflow asks for ${code(notice.input)} ${code(cutShort(notice.asked))}, which could be weaker than ${code(cutShort(notice.used))} of the base. It is ignored: a pull request can only tighten its own gate.`;
    case "generated":
      return `The SQL of ${code(cutShort(notice.directory))} was printed by a program of this pull request (${code(cutShort(notice.command))}). What it prints at the deploy may be something else.`;
    case "other":
      return prose(
        oneLine(notice.sentence)
          .slice(0, longestSentence)
          .replace(/[\ud800-\udbff]$/, ""),
      );
  }
}

const mostCollisions = 10;

/** Versions that other pull requests bring too, in Markdown; null where nobody collides and everything was looked at. */
export function collisionList({ found, lookedAt, notLookedAt }: Collisions): string | null {
  const unseen =
    notLookedAt === 0
      ? []
      : [`- ${count(notLookedAt, "more open pull request")} not looked at: only the newest ${lookedAt}.`];
  if (found.length === 0) return unseen.length === 0 ? null : unseen.join("\n");
  const items = found.slice(0, mostCollisions).map(({ version, path, number, title, theirPath }) => {
    const theirs = theirPath === path ? "" : ` as ${code(cutShort(theirPath))}`;
    return `- Version ${code(cutShort(version))} (${code(cutShort(path))}) is in pull request ${number} too, “${prose(cutShort(oneLine(title)))}”${theirs}.`;
  });
  const rest = found.length > mostCollisions ? [`- and ${count(found.length - mostCollisions, "more collision")}`] : [];
  const later = "- Whichever is merged later must take another version.";
  return [...items, ...rest, later, ...unseen].join("\n");
}
