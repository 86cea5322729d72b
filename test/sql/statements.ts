import fc from "fast-check";
import { constant, literal, trivia } from "./texts.ts";

/** A statement that PostgreSQL reads, as its text and the names in it that its tree has a place for. */
export interface Written {
  readonly sql: string;
  /** Name as it is written → name as PostgreSQL knows it; each is in the text once. */
  readonly names: ReadonlyMap<string, string>;
}

const plainName = (n: number) => ({ name: `n${n}x`, known: `n${n}x` });

/** A spelling of a name; the number keeps it apart from all others. */
const spelling: fc.Arbitrary<typeof plainName> = fc.constantFrom(
  plainName,
  (n: number) => ({ name: `N${n}X`, known: `n${n}x` }),
  (n: number) => ({ name: `한글${n}표`, known: `한글${n}표` }),
  (n: number) => ({ name: `ä$${n}_x`, known: `ä$${n}_x` }),
  (n: number) => ({ name: `"q ${n}; ""😀"" -- x"`, known: `q ${n}; "😀" -- x` }),
  (n: number) => ({ name: `"표😀\r\n${n}x"`, known: `표😀\r\n${n}x` }),
  (n: number) => ({ name: `U&"d\\0061t;${n}x"`, known: `dat;${n}x` }),
  (n: number) => ({ name: `u&"\\D55C\\AE00;${n}x"`, known: `한글;${n}x` }),
);

/**
 * Statements as tokens with a space between them. :name is a name where the tree says where it stands (ColumnRef, RangeVar),
 * :text a string constant, :value any literal.
 */
const templates: readonly string[] = [
  "SELECT :name , :value FROM :name WHERE :name = :value",
  "SELECT :name ->> :text , ( - :name ) :: text FROM :name AS x , :name",
  "SELECT $1 || :value || :name FROM :name",
  "INSERT INTO :name ( a ) VALUES ( :value ) , ( :value )",
  "UPDATE :name SET a = :name + 1.5 WHERE :name @> :value AND NOT :name",
  "DELETE FROM :name WHERE :name IN ( :value , :value )",
  "CREATE TABLE :name ( id int DEFAULT 1 , b text DEFAULT :value , CHECK ( :name > 0 ) )",
  "ALTER TABLE :name ADD COLUMN c text DEFAULT :value , DROP COLUMN d",
  "CREATE INDEX i ON :name ( ( :name || :value ) )",
  "COMMENT ON TABLE t IS :text",
  "CREATE RULE r AS ON INSERT TO :name DO ALSO ( DELETE FROM :name ; SELECT :value ; )",
  "CREATE FUNCTION f ( ) RETURNS int BEGIN ATOMIC SELECT CASE WHEN :name THEN :value END FROM :name ; SELECT :value ; END",
  "CREATE OR REPLACE PROCEDURE f ( ) BEGIN ATOMIC INSERT INTO :name VALUES ( CASE :name WHEN 1 THEN CASE WHEN :name THEN 2 END END ) ; ; DELETE FROM :name ; END",
  "CREATE FUNCTION f ( ) RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT :name AS case , 1 AS end FROM :name ; END",
  "CREATE FUNCTION f ( ) RETURNS int LANGUAGE sql RETURN CASE WHEN :value IS NULL THEN 1 END",
  "CREATE FUNCTION f ( ) RETURNS int LANGUAGE plpgsql AS :text",
  "DO :text",
  "GRANT SELECT ON :name TO r",
  "BEGIN",
  "COMMIT",
  "SET lock_timeout = :text",
];

/** Tokens that would become one, or something else, without white space between them. */
function mayTouch(before: string, after: string): boolean {
  return /[(),;]$/.test(before) || /^[(),;]/.test(after);
}

/** A statement out of one of the templates, with anything that is no token between its tokens. */
function statement(number: number): fc.Arbitrary<Written> {
  return fc.constantFrom(...templates).chain((template) => {
    const tokens = template.split(" ");
    const each = <T>(arbitrary: fc.Arbitrary<T>) =>
      fc.array(arbitrary, { minLength: tokens.length, maxLength: tokens.length });
    const fillings = {
      spelling: each(spelling),
      text: each(constant),
      value: each(literal),
      gap: each(fc.option(trivia)),
    };
    return fc.record(fillings).map((filling) => {
      const names = new Map<string, string>();
      let sql = "";
      for (const [i, token] of tokens.entries()) {
        let written = token;
        if (token === ":text") written = filling.text[i] ?? "";
        if (token === ":value") written = filling.value[i] ?? "";
        if (token === ":name") {
          const { name, known } = (filling.spelling[i] ?? plainName)(number * 100 + i);
          names.set(name, known);
          written = name;
        }
        sql += i === 0 ? written : (filling.gap[i] ?? (mayTouch(sql, written) ? "" : " ")) + written;
      }
      return { sql, names };
    });
  });
}

/** A file: statements, and what stands before, between and behind them. */
export interface WrittenFile {
  readonly text: string;
  readonly statements: readonly Written[];
}

export function file({ most }: { most: number }): fc.Arbitrary<WrittenFile> {
  const between = fc.tuple(fc.constantFrom("", ";", " ; -- ;\n"), trivia);
  return fc
    .integer({ min: 1, max: most })
    .chain((count) =>
      fc.record({
        statements: fc.tuple(...Array.from({ length: count }, (_, i) => statement(i + 1))),
        before: fc.tuple(fc.option(trivia), trivia),
        ends: fc.array(fc.tuple(fc.option(trivia), between), { minLength: count, maxLength: count }),
        endsWithSemicolon: fc.boolean(),
      }),
    )
    .map(({ statements, before, ends, endsWithSemicolon }) => {
      let whole = before[0] === null ? "" : before.join("");
      for (const [i, { sql }] of statements.entries()) {
        const [gap, [more, after]] = ends[i] ?? [null, ["", " "]];
        const last = i === statements.length - 1;
        whole += sql + (gap ?? "");
        whole += last && !endsWithSemicolon ? after : `;${more}${after}`;
      }
      return { text: whole, statements };
    });
}
