import type { Dialect } from "./dialect.ts";
import { type Token, unquoted } from "./lexer.ts";

/** A statement in words that any parser reads alike, and what the names in it stand for. */
export interface PlainText {
  readonly sql: string;
  /** The name as it was written, for one that the text spells in another way; otherwise the name itself. */
  nameOf(spelled: string): string;
}

/**
 * Writes tokens out so that nothing in them can be misread: strings are empty of their content, and names that need quotes, or
 * that the parser does not take without (Korean in SQLite, say), are plain words. Where the parser and the database do not agree on
 * how a string or a comment ends, only the lexer's word counts.
 * @param plainWords which words stay as they are. The parser takes some for its own that are names to the database: with
 * "keywords" those alone stay that a query cannot be without, and names before a bracket.
 */
export function plainText(
  text: string,
  tokens: readonly Token[],
  dialect: Dialect,
  { plainWords }: { readonly plainWords: "all" | "keywords" },
): PlainText {
  const names = new Map<string, string>();
  const spelledAs = new Map<string, string>();
  const stand = (name: string): string => {
    const known = spelledAs.get(name);
    if (known !== undefined) return known;
    const spelled = `zq${names.size}_`;
    names.set(spelled, name);
    spelledAs.set(name, spelled);
    return spelled;
  };
  let sql = "";
  let end = tokens[0]?.start ?? 0;
  let previous = "";
  for (const [i, { kind, start, end: next }] of tokens.entries()) {
    const written = text.slice(start, next);
    if (start > end) sql += " ";
    end = next;
    switch (kind) {
      case "string":
        // SQLite takes a string for a name where only a name can stand, and MySQL does with ANSI_QUOTES.
        sql += beforeName.has(previous) ? stand(unquoted(written)) : "'s'";
        break;
      case "name":
        sql += stand(unquoted(written));
        break;
      case "word":
        // X'1f', N'…' and _utf8'…' are strings, too.
        if (tokens[i + 1]?.kind === "string" && tokens[i + 1]?.start === next) break;
        sql +=
          isPlain(written) && (plainWords === "all" || isKeyword(written, tokens[i + 1])) ? written : stand(written);
        break;
      default:
        sql += written;
    }
    previous = kind === "word" ? written.toLowerCase() : kind;
  }
  if (dialect === "sqlite") sql = withoutSqliteOnly(sql);
  return { sql, nameOf: (spelled) => names.get(spelled) ?? spelled };
}

function isPlain(written: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(written) && !/^zq\d+_$/i.test(written);
}

function isKeyword(written: string, next: Token | undefined): boolean {
  return next?.kind === "open" || keywords.has(written.toLowerCase());
}

const keywords: ReadonlySet<string> = new Set(
  (
    "select distinct all from where and or not in is null like glob between exists case when then else end as on using join inner left " +
    "right full outer cross natural order by group having limit offset union intersect except insert into values update set delete " +
    "replace with recursive asc desc interval day hour minute second month year collate for share mode true false ignore div mod xor " +
    "regexp rlike current_timestamp current_date current_time unsigned signed escape isnull over partition separator duplicate key"
  ).split(" "),
);

const beforeName: ReadonlySet<string> = new Set("into from join update table dot".split(" "));

/** UPDATE OR IGNORE t: which rows it changes is the same. */
function withoutSqliteOnly(sql: string): string {
  return sql.replace(/^(\s*(?:insert|update)\s+)or\s+(?:abort|fail|ignore|replace|rollback)\s/i, "$1");
}
