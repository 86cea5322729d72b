import { count, list } from "../text.ts";
import { linkedLines, type Source } from "./links.ts";
import { prose } from "./markdown-text.ts";
import type { Report, ReportMigration, ReportStatement } from "./report.ts";
import { cutShort } from "./said.ts";
import { duringWords, type SeenLock, seenLocks, weight } from "./seen-locks.ts";
import { wayBackOf } from "./way-back.ts";
import { actionWords } from "./words.ts";

/** One question that the guides ask before a migration, with its answer in Markdown. */
export interface Answer {
  readonly question: string;
  readonly mark: "✅" | "⚠️" | "❌";
  readonly answer: string;
}

const mostPlaces = 4;

/** The checklist of the operating guides, filled in from what the SQL does: drops, bulk data, the time of the locks, the way back. */
export function checklistOf({ migrations, coverage }: Report, source: Source): readonly Answer[] {
  const unseen = unseenWords(coverage);
  return [
    { question: "Drops?", ...asFarAsSeen(places(migrations, source, isDrop), unseen) },
    { question: "Bulk data?", ...asFarAsSeen(places(migrations, source, isBulk), unseen) },
    { question: "Lock time?", ...asFarAsSeen(lockAnswer(migrations), unseen) },
    { question: "Rollback plan?", ...wayBackAnswer(migrations, coverage.rehearsed) },
  ];
}

/** What could not be looked into; null where everything was. */
function unseenWords({ statements, read, opaque, unreadable }: Report["coverage"]): string | null {
  const unread = statements - read + opaque;
  const words = [
    ...(unread > 0 ? [count(unread, "statement")] : []),
    ...(unreadable.length > 0 ? [count(unreadable.length, "file")] : []),
  ];
  return words.length === 0 ? null : `${list(words)} could not be read`;
}

/** No good news rests on what nobody has read. */
function asFarAsSeen(
  { mark, answer }: Pick<Answer, "mark" | "answer">,
  unseen: string | null,
): Pick<Answer, "mark" | "answer"> {
  return unseen === null ? { mark, answer } : { mark: "⚠️", answer: `${answer}; but ${unseen}` };
}

const isDrop = (action: Action): boolean => action.class === "drop" && action.risk !== "low";
const isBulk = (action: Action): boolean =>
  action.class === "data" && (action.risk === "critical" || action.risk === "high");

type Action = ReportStatement["actions"][number];

/** Each statement that does what is asked for, by its words and its place. */
function places(
  migrations: readonly ReportMigration[],
  source: Source,
  isAskedFor: (action: Action) => boolean,
): Pick<Answer, "mark" | "answer"> {
  const found: string[] = [];
  let more = 0;
  for (const { path, version, statements } of migrations) {
    for (const statement of statements) {
      const actions = statement.actions.filter(isAskedFor);
      if (actions.length === 0) continue;
      if (found.length === mostPlaces) {
        more++;
        continue;
      }
      const words = [...new Set(actions.map(({ kind }) => actionWords(kind)))].join(", ");
      const of = relationOf(statement);
      const place = linkedLines(`${cutShort(version)} line ${statement.line}`, { path, ...statement }, source);
      found.push(`${prose(`${words}${of === null ? "" : ` of ${cutShort(of)}`}`)} (${place})`);
    }
  }
  if (found.length === 0) return { mark: "✅", answer: "no" };
  return { mark: "⚠️", answer: [...found, ...(more > 0 ? [`and ${count(more, "more statement")}`] : [])].join("; ") };
}

function relationOf({ effects }: ReportStatement): string | null {
  const lost = effects.find(({ kind, relation }) => kind === "data-loss" && relation !== null);
  return (lost ?? effects.find(({ relation }) => relation !== null))?.relation ?? null;
}

function lockAnswer(migrations: readonly ReportMigration[]): Pick<Answer, "mark" | "answer"> {
  const all = migrations.flatMap(seenLocks).toSorted((a, b) => weight(b) - weight(a));
  const lasting = all.filter(({ lasts }) => lasts !== "instant");
  if (lasting.length > 0) {
    const words = named(lasting, ({ relation, lasts }) => `${onRelation(relation)} ${duringWords[lasts]}`);
    return { mark: "⚠️", answer: `${words}; how long that takes depends on the size, which is not known here` };
  }
  if (all.length === 0) return { mark: "✅", answer: "no lock for which anybody waits" };
  const words = named(all, ({ relation }) => onRelation(relation));
  return { mark: "✅", answer: `${words} for an instant, once no long query is in the way` };
}

function onRelation(relation: string): string {
  return relation === "" ? "a table that is not known" : cutShort(relation);
}

function named(locks: readonly SeenLock[], words: (lock: SeenLock) => string): string {
  const all = [...new Set(locks.map(words))];
  const more = all.length > mostPlaces ? [`${all.length - mostPlaces} more`] : [];
  return prose(list([...all.slice(0, mostPlaces), ...more]));
}

function wayBackAnswer(migrations: readonly ReportMigration[], rehearsed: boolean): Pick<Answer, "mark" | "answer"> {
  const ways = migrations.map((migration) => ({ version: migration.version, way: wayBackOf(migration) }));
  const of = (...kinds: readonly string[]): readonly string[] =>
    ways.filter(({ way }) => kinds.includes(way)).map(({ version }) => version);
  const without = of("none", "fails", "in-part");
  const lost = of("without-data");
  const tried = rehearsed ? "" : ", not tried";
  const said = [
    without.length === 0
      ? `every migration has a down script${tried}`
      : `${versions(without)} cannot be rolled back by a script as a whole`,
    ...(lost.length === 0
      ? []
      : [`what ${versions(lost)} ${lost.length === 1 ? "loses" : "lose"} comes back from a backup only`]),
  ];
  const mark = without.length > 0 ? "❌" : lost.length > 0 ? "⚠️" : "✅";
  return { mark, answer: prose(said.join("; ")) };
}

function versions(all: readonly string[]): string {
  const more = all.length > mostPlaces ? [`${all.length - mostPlaces} more`] : [];
  return list([...all.slice(0, mostPlaces).map(cutShort), ...more]);
}
