import fc from "fast-check";
import { loadModule, parseSync } from "libpg-query";
import { expect, test } from "vitest";
import { check } from "../../src/commands/check.ts";
import type { Workspace } from "../../src/ports.ts";
import type { Report } from "../../src/report/report.ts";
import { readScript } from "../../src/sql/parse.ts";
import { openGrammar } from "../../src/sql/postgres.ts";
import { split } from "../../src/sql/split.ts";
import { file } from "./statements.ts";

await loadModule();

const name = "000001_any.up.sql";

/** A directory with one golang-migrate file. */
function workspaceOf(bytes: Uint8Array): Workspace {
  return {
    look: (path) =>
      path === "m"
        ? { kind: "directory", entries: [{ name, kind: "file", why: null }] }
        : { kind: path === `m/${name}` ? "file" : "missing" },
    read: () => ({ kind: "bytes", bytes }),
    config: async () => null,
  };
}

function judge(bytes: Uint8Array): Promise<Report> {
  const request = { paths: ["m"], config: null, layout: null, postgres: null };
  return check(request, { workspace: workspaceOf(bytes) });
}

/** Whether PostgreSQL takes these bytes as SQL: its own grammar, asked past all of our code. */
function isTaken(bytes: Uint8Array): boolean {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    // A server takes no NUL in a text.
    if (text.includes("\0")) return false;
    parseSync(text);
    return true;
  } catch {
    return false;
  }
}

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** What goes wrong with files: something is cut off, doubled, swapped, or stands where it should not. */
const edit = fc.record({
  what: fc.constantFrom("cut", "duplicate", "swap", "insert", "insert", "insert"),
  at: fc.nat(),
  length: fc.integer({ min: 1, max: 20 }),
  inserted: fc.constantFrom(
    ...["'", '"', "$$", "$a$", "E'", "U&'", "/*", "*/", "--", ";", "(", ")", "\\", "\\d\n", "\n\\."],
    ...[
      "BEGIN ATOMIC",
      "END",
      "CASE",
      "한글",
      "😀",
      "\ufeff",
      "\u00a0",
      "\0",
      "\r",
      ":x",
      "$" + "{x}",
      "COPY t FROM STDIN;\n",
    ],
  ),
});

function edited(
  bytes: Uint8Array,
  { what, at, length, inserted }: typeof edit extends fc.Arbitrary<infer T> ? T : never,
) {
  const from = at % (bytes.length + 1);
  const [before, part, after] = [bytes.slice(0, from), bytes.slice(from, from + length), bytes.slice(from + length)];
  switch (what) {
    case "cut":
      return Buffer.concat([before, after]);
    case "duplicate":
      return Buffer.concat([before, part, part, after]);
    case "swap":
      return Buffer.concat([before, part.toReversed(), after]);
    default:
      return Buffer.concat([before, bytesOf(inserted), part, after]);
  }
}

const mutated = fc
  .tuple(file({ most: 3 }), fc.array(edit, { minLength: 1, maxLength: 4 }), fc.integer({ min: 0, max: 9 }))
  .map(([{ text }, edits, mark]) => {
    const bytes = edits.reduce<Uint8Array>(edited, bytesOf(text));
    return mark === 0 ? Buffer.concat([bytesOf("\ufeff"), bytes]) : bytes;
  });

test("bytes that PostgreSQL refuses are blocked, whatever was done to them", { timeout: 120_000 }, async () => {
  const seen = { taken: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(mutated, async (bytes) => {
      const { verdict } = await judge(bytes);
      if (isTaken(bytes)) seen.taken++;
      else {
        seen.refused++;
        expect(verdict.outcome).toBe("blocked");
      }
    }),
    { numRuns: 300 },
  );
  // Both kinds must come up, or nothing was tested.
  expect(seen.refused).toBeGreaterThan(100);
  expect(seen.taken).toBeGreaterThan(10);
});

const command = fc.constantFrom("\\d", "\\echo 한글; 'it''s", "\\set x '😀'", "\\i a.sql -- $$", "\\q", "\\! ls; /*");

test("commands of psql between statements are told apart, and the statements are read", async () => {
  const grammar = openGrammar();
  const parts = fc.array(fc.tuple(file({ most: 2 }), command), { minLength: 1, maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(parts, async (written) => {
      const text = written.map(([{ text }, line]) => `${text};\n${line}\n`).join("");
      const expected = written.flatMap(([{ statements }, line]) => [...statements.map(({ sql }) => sql), line]);
      expect([...split(text)].map(({ start, end }) => text.slice(start, end))).toEqual(expected);
      const { pieces } = await readScript(text, grammar);
      expect(pieces.map(({ sql }) => sql)).toEqual(expected);
      const commands = pieces.filter((piece) => piece.kind === "unread");
      expect(commands.map(({ why }) => why)).toEqual(written.map(() => "psql-command"));
    }),
    { numRuns: 200 },
  );
});

test("a large text is read as its parts are: the same places, names and trees", async () => {
  const grammar = openGrammar();
  await fc.assert(
    fc.asyncProperty(file({ most: 4 }), async ({ text }) => {
      const part = `${text};\n`;
      const times = Math.ceil((300 * 1024) / part.length);
      const [small, large] = [await readScript(part, grammar), await readScript(part.repeat(times), grammar)];
      const count = small.pieces.length;
      expect(large.pieces).toHaveLength(count * times);
      // The last of them stand behind everything that could have moved them.
      const lines = part.split("\n").length - 1;
      for (const [i, piece] of small.pieces.entries()) {
        const last = large.pieces[count * (times - 1) + i];
        if (piece.kind !== "statement" || last?.kind !== "statement") throw new Error("It was not read.");
        const { line, endLine, ...columns } = piece.span;
        const moved = lines * (times - 1);
        expect(last.span).toEqual({ line: line + moved, endLine: endLine + moved, ...columns });
        expect(last.sql).toBe(piece.sql);
        expect(withoutPlaces(last.node, part.length * (times - 1))).toEqual(withoutPlaces(piece.node, 0));
      }
    }),
    { numRuns: 5 },
  );
});

/** A tree with its places counted from an offset. */
function withoutPlaces(node: unknown, offset: number): unknown {
  return JSON.parse(
    JSON.stringify(node, (key, value) => (/location$|_start$|_end$/.test(key) && value > 0 ? value - offset : value)),
  );
}
