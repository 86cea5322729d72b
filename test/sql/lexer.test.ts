import fc from "fast-check";
import { loadModule, scanSync } from "libpg-query";
import { beforeAll, describe, expect, test } from "vitest";
import { type Token, tokenAt } from "../../src/sql/lexer.ts";
import { byteOffsets } from "../../src/sql/spans.ts";
import { fragments } from "./texts.ts";

beforeAll(() => loadModule());

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  for (let token = tokenAt(text, 0); token !== null; token = tokenAt(text, token.end)) tokens.push(token);
  return tokens;
}

/** The tokens as `kind text`, those that are not closed with a mark. */
function read(text: string): readonly string[] {
  return tokensOf(text).map(
    ({ kind, start, end, closed }) => `${kind} ${text.slice(start, end)}${closed ? "" : " (open)"}`,
  );
}

describe("strings", () => {
  test.each([
    "'plain'",
    "''",
    "'it''s; one'",
    "'back\\'",
    "'two\nlines; -- no comment'",
    "'$$ ; $$'",
    "E'esc\\'aped;'",
    "e'\\\\'",
    "E'a''b\\n'",
    "B'01;'",
    "b'1'",
    "X'1F;'",
    "x''",
    "N'national;'",
    "U&'d\\0061t;'",
    "u&'!'",
    "$$a;b$$",
    "$$$$",
    "$tag$ $$ ; $other$ $ta$ $tag$",
    "$_1$;$_1$",
    "$한글$ ; $한$ $한글$",
    "$$ a $b$$",
    "'a'\n  'b;'",
    "E'a' \r\n 'it\\'s;'",
  ])("%j is one token", (sql) => {
    expect(read(sql)).toEqual([`string ${sql}`]);
    expect(read(`${sql};x`)).toEqual([`string ${sql}`, "semicolon ;", "word x"]);
  });

  test.each([
    ["'a' 'b'", ["string 'a'", "string 'b'"]],
    ["'back\\';'", ["string 'back\\'", "semicolon ;", "string ' (open)"]],
    ["'a'\n\"b\"", ["string 'a'", 'quoted-identifier "b"']],
    ["type'x\\'", ["word type", "string 'x\\'"]],
    ["ae'x\\'", ["word ae", "string 'x\\'"]],
    ["U & 'x'", ["word U", "other &", "string 'x'"]],
    ["a$$b$$", ["word a$$b$$"]],
    ["$1$$a$$", ["other $1", "string $$a$$"]],
    ["$1a", ["other $1", "word a"]],
    ["$ $", ["other $", "other $"]],
    ["$a", ["other $", "word a"]],
  ])("%j is read as PostgreSQL reads it", (sql, tokens) => {
    expect(read(sql)).toEqual(tokens);
  });
});

describe("names, numbers and operators", () => {
  test.each([
    ['"a""b;"', ['quoted-identifier "a""b;"']],
    ['U&"d\\0061;"', ['quoted-identifier U&"d\\0061;"']],
    ["한글_1$ ünï 😀", ["word 한글_1$", "word ünï", "word 😀"]],
    ["a\u00a0b\u3000", ["word a\u00a0b\u3000"]],
    [
      "1.5e3,.5,0x1F,1_000",
      "number 1.5e3|comma ,|other .|number 5|comma ,|number 0x1F|comma ,|number 1_000".split("|"),
    ],
    ["1and 2", ["number 1and", "number 2"]],
    ["1;2", ["number 1", "semicolon ;", "number 2"]],
    ["1$$;$$", ["number 1", "string $$;$$"]],
    ["a@>b", ["word a", "other @", "other >", "word b"]],
    ["a->>'x;'", ["word a", "other -", "other >", "other >", "string 'x;'"]],
    ["a[1](b)", ["word a", "open [", "number 1", "close ]", "open (", "word b", "close )"]],
    ["\\d x", ["backslash \\", "word d", "word x"]],
  ])("%j", (sql, tokens) => {
    expect(read(sql)).toEqual(tokens);
  });
});

describe("comments", () => {
  test.each([
    ["-- a;'b\nx", ["comment -- a;'b", "word x"]],
    ["-- ended by a carriage return\rx", ["comment -- ended by a carriage return", "word x"]],
    ["--", ["comment --"]],
    ["/* a /* ; */ ' */x", ["comment /* a /* ; */ ' */", "word x"]],
    ["/**/x", ["comment /**/", "word x"]],
    ["/*/**/*/x", ["comment /*/**/*/", "word x"]],
    ["/*/x", ["comment /*/x (open)"]],
    ["2*/*;*/3", ["number 2", "other *", "comment /*;*/", "number 3"]],
    ["@--x\ny", ["other @", "comment --x", "word y"]],
    ["/* -- */x", ["comment /* -- */", "word x"]],
  ])("%j", (sql, tokens) => {
    expect(read(sql)).toEqual(tokens);
  });
});

test.each(["'a", "E'a\\'", '"a', "$$a$", "$t$a$$", "/* a /* */", "U&'a", "B'0", "'a''", "'a'\n'b"])(
  "%j is open to the end of the text",
  (sql) => {
    expect(read(sql)).toHaveLength(1);
    expect(read(sql)[0]).toMatch(/\(open\)$/);
    expect(tokensOf(`x ${sql}`).at(-1)).toMatchObject({ start: 2, end: sql.length + 2 });
  },
);

test.each(["", " \t\r\n\v\f "])("%j has no token", (sql) => {
  expect(tokenAt(sql, 0)).toBeNull();
});

/** Our word for a token of PostgreSQL's scanner; null for the words, numbers and operators, which are cut otherwise there. */
function kindOf(text: string): string | null {
  if (/^(?:--|\/\*)/.test(text)) return "comment";
  if (/^(?:[exb]?'|u&'|\$(?:[^\d$][^$]*)?\$)/i.test(text)) return "string";
  if (/^(?:u&)?"/i.test(text)) return "quoted-identifier";
  return text === ";" ? "semicolon" : null;
}

test("strings, names, comments and semicolons begin and end where PostgreSQL's own scanner says", () => {
  let compared = 0;
  fc.assert(
    fc.property(fc.array(fragments, { minLength: 1, maxLength: 12 }), (parts) => {
      const sql = parts.join("");
      // In B'1''0' the two quotes are an end and a beginning to the scanner, which no grammar takes; they are one string to us.
      if (/[bx]'[^']*'[^']*'/i.test(sql)) return;
      let scanned: ReturnType<typeof scanSync>;
      try {
        scanned = scanSync(sql);
      } catch {
        // It gives no tokens at all for a text with an open string in it.
        return;
      }
      const units = byteOffsets(sql) ?? ((offset: number) => offset);
      const bytes = Buffer.from(sql);
      const theirs = scanned.tokens.flatMap(({ start, end }) => {
        const kind = kindOf(bytes.subarray(start, end).toString());
        return kind === null ? [] : [`${kind} ${units(start)}-${units(end)}`];
      });
      const kinds = ["comment", "string", "quoted-identifier", "semicolon"];
      const ours = tokensOf(sql).filter(({ kind }) => kinds.includes(kind));
      // N'…' is the word NCHAR and a string to the scanner.
      const shown = ours.map(
        ({ kind, start, end }) =>
          `${kind} ${/[nN]/.test(sql[start] ?? "") && kind === "string" ? start + 1 : start}-${end}`,
      );
      expect(shown).toEqual(theirs);
      compared += theirs.length;
    }),
    { numRuns: 1500 },
  );
  expect(compared).toBeGreaterThan(1000);
});
