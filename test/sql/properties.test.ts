import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decode } from "../../src/sql/decode.ts";
import { tokenAt } from "../../src/sql/lexer.ts";
import { readScript, type Script } from "../../src/sql/parse.ts";
import { type Grammar, openGrammar } from "../../src/sql/postgres.ts";
import { split } from "../../src/sql/split.ts";
import { offsetOf, placeOf, slice } from "./places.ts";
import { file } from "./statements.ts";
import { fragments } from "./texts.ts";

const grammar = openGrammar();
const read = (text: string): Promise<Script> => readScript(text, grammar);

/** What the tree says of where a column or a relation stands: its name → offsets. */
function placesIn(node: unknown): ReadonlyMap<string, readonly number[]> {
  const places = new Map<string, number[]>();
  const open: unknown[] = [node];
  for (const each of open) {
    if (typeof each !== "object" || each === null) continue;
    open.push(...Object.values(each));
    if (!("location" in each) || typeof each.location !== "number") continue;
    const named = "relname" in each ? each.relname : "fields" in each ? firstString(each.fields) : null;
    if (typeof named === "string") places.set(named, [...(places.get(named) ?? []), each.location]);
  }
  return places;
}

function firstString(fields: unknown): unknown {
  return Array.isArray(fields) ? (fields[0]?.String?.sval ?? null) : null;
}

describe("statements that PostgreSQL reads, with anything between their tokens", () => {
  test("are cut as the parser cuts them, and have the text they were written with", async () => {
    await fc.assert(
      fc.asyncProperty(file({ most: 5 }), async ({ text, statements }) => {
        const written = statements.map(({ sql }) => sql);
        const { pieces } = await read(text);
        expect(pieces.map(({ kind }) => kind)).toEqual(written.map(() => "statement"));
        expect(pieces.map(({ sql }) => sql)).toEqual(written);
        expect([...split(text)].map(({ start, end }) => text.slice(start, end))).toEqual(written);
      }),
      { numRuns: 300 },
    );
  });

  test("stand where their spans say, and so do the names in them", async () => {
    let names = 0;
    await fc.assert(
      fc.asyncProperty(file({ most: 4 }), async ({ text, statements }) => {
        const { pieces } = await read(text);
        for (const [i, piece] of pieces.entries()) {
          if (piece.kind !== "statement") throw new Error(piece.message);
          expect(slice(text, piece.span)).toBe(piece.sql);
          expect(text.startsWith(piece.sql, piece.start)).toBe(true);
          const places = placesIn(piece.node);
          for (const [spelled, known] of statements[i]?.names ?? []) {
            expect(places.get(known)).toEqual([text.indexOf(spelled)]);
            names++;
          }
        }
      }),
      { numRuns: 300 },
    );
    expect(names).toBeGreaterThan(500);
  });
});

/** Statements with a fault in them, and the token at which PostgreSQL stops. */
const broken: readonly { readonly sql: string; readonly token: string }[] = [
  { sql: "CREATE TABEL 표 (a int)", token: "TABEL" },
  { sql: "SELECT '😀' FROM FROM t", token: "FROM t" },
  { sql: "INSERT INTO 한글 -- why\n VALUE (1)", token: "VALUE" },
  { sql: "ALTER TABLE t ADD COLUMN /* 한글 */ a int int", token: "int" },
  { sql: "DELETE t WHERE a = 'x;'", token: "t WHERE" },
  { sql: "SELECT 1)", token: ")" },
  { sql: "UPDATE t SET a = $$한;글$$ WHERE", token: "" },
  { sql: "GRANT SELECT ON t", token: "" },
  { sql: "CREATE TABLE 표 (a int, b text DEFAULT '😀'", token: "" },
  { sql: '"한글"', token: '"한글"' },
];

test("a syntax error is told of its own statement, at its token, and the others are read", async () => {
  const withError = fc.tuple(
    file({ most: 4 }),
    file({ most: 3 }),
    fc.constantFrom(...broken),
    fc.constantFrom("", " ", "\r\n"),
  );
  await fc.assert(
    fc.asyncProperty(withError, async ([before, after, { sql, token }, gap]) => {
      const start = before.text.length + 1 + gap.length;
      const text = `${before.text};${gap}${sql}${gap};${after.text}`;
      const { pieces } = await read(text);
      const written = [...before.statements, { sql }, ...after.statements].map((each) => each.sql);
      expect(pieces.map((each) => each.sql)).toEqual(written);
      const unread = pieces.filter((piece) => piece.kind === "unread");
      expect(unread).toMatchObject([{ sql, why: "syntax-error" }]);
      expect(unread[0]?.message).toMatch(/^syntax error at or near/);
      // Where nothing is wrong but the end, that is the semicolon.
      const at = token === "" ? start + sql.length + gap.length : start + sql.lastIndexOf(token);
      expect(unread[0]?.at).toMatchObject(placeOf(text, at));
      expect(text.startsWith(slice(text, unread[0]?.at ?? { line: 1, column: 1, endLine: 1, endColumn: 1 }), at)).toBe(
        true,
      );
    }),
    { numRuns: 200 },
  );
});

/** A text after some characters were taken out, put in or swapped, or parts of it moved. */
const mutated = fc
  .tuple(
    file({ most: 4 }),
    fc.array(fc.record({ at: fc.nat(), length: fc.nat(6), what: fc.oneof(fc.constant(""), fragments) }), {
      maxLength: 6,
    }),
  )
  .map(([{ text }, edits]) => {
    const characters = [...text];
    for (const { at, length, what } of edits) characters.splice(at % (characters.length + 1), length, ...what);
    return characters.join("");
  });

/** Whether a stretch between two pieces holds nothing but white space, comments and semicolons. */
function holdsNothing(gap: string): boolean {
  for (let token = tokenAt(gap, 0); token !== null; token = tokenAt(gap, token.end)) {
    if (token.kind !== "semicolon" && !(token.kind === "comment" && token.closed)) return false;
  }
  return true;
}

describe("any text at all", () => {
  test("is cut into pieces that follow each other and leave nothing out", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          mutated,
          fc.array(fragments, { maxLength: 30 }).map((parts) => parts.join("")),
        ),
        (text) => {
          let behind = 0;
          for (const { start, end } of split(text)) {
            expect(start).toBeGreaterThanOrEqual(behind);
            expect(end).toBeGreaterThan(start);
            expect(holdsNothing(text.slice(behind, start))).toBe(true);
            behind = end;
          }
          expect(holdsNothing(text.slice(behind))).toBe(true);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test("is read without a throw, in pieces that follow each other, leave nothing out and stand where they say", async () => {
    await fc.assert(
      fc.asyncProperty(mutated, async (text) => {
        let behind = 0;
        for (const piece of (await read(text)).pieces) {
          const start = offsetOf(text, piece.span.line, piece.span.column);
          const end = offsetOf(text, piece.span.endLine, piece.span.endColumn);
          expect(text.slice(start, end)).toBe(piece.sql);
          expect(holdsNothing(text.slice(behind, start))).toBe(true);
          expect(start).toBeGreaterThanOrEqual(behind);
          if (piece.kind === "unread") {
            expect(piece.message).not.toBe("");
            expect(offsetOf(text, piece.at.line, piece.at.column)).toBeGreaterThanOrEqual(start);
          }
          behind = end;
        }
        expect(holdsNothing(text.slice(behind))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test("that holds a NUL never reaches the parser", async () => {
    const seen: string[] = [];
    const watched: Grammar = {
      ...grammar,
      parse(text) {
        seen.push(text);
        return grammar.parse(text);
      },
    };
    const edited = fc.tuple(mutated, fc.nat(), fc.boolean());
    await fc.assert(
      fc.asyncProperty(edited, async ([text, at, withNul]) => {
        const characters = [...text];
        if (withNul) characters.splice(at % (characters.length + 1), 0, "\0");
        const decoded = decode(new TextEncoder().encode(characters.join("")));
        expect(decoded.kind).toBe(withNul ? "not-text" : "text");
        if (decoded.kind === "text") await readScript(decoded.text, watched);
      }),
      { numRuns: 200 },
    );
    expect(seen.length).toBeGreaterThan(50);
    expect(seen.filter((text) => text.includes("\0"))).toEqual([]);
  });
});
