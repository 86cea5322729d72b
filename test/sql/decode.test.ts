import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Decoded, decode } from "../../src/sql/decode.ts";

function text(bytes: Uint8Array): string {
  const decoded = decode(bytes);
  if (decoded.kind !== "text") throw new Error(decoded.why);
  return decoded.text;
}

function refused(bytes: Uint8Array | readonly number[]): Extract<Decoded, { kind: "not-text" }> {
  const decoded = decode(Uint8Array.from(bytes));
  if (decoded.kind === "text") throw new Error(`was read as ${JSON.stringify(decoded.text)}`);
  return decoded;
}

const utf8 = (of: string) => new TextEncoder().encode(of);
const utf16le = (of: string) => Uint8Array.from(Buffer.from(of, "utf16le"));
const utf16be = (of: string) => Uint8Array.from(Buffer.from(of, "utf16le").swap16());
const abc = [...utf8("abc")];

describe("what is text", () => {
  test("an empty file is empty text", () => {
    expect(decode(new Uint8Array())).toEqual({ kind: "text", text: "", byteOrderMark: false });
  });

  test.each(["SELECT 1;\r\nSELECT 2;\r\n", "SELECT 1\rSELECT 2\r", "\r\r\n\n", "한글 😀 ünï\u2028\u0085"])(
    "%j stays as it is",
    (sql) => {
      expect(text(utf8(sql))).toBe(sql);
    },
  );

  test("a byte order mark is told and taken off, one only, and only at the start", () => {
    expect(decode(utf8("\ufeffSELECT 1"))).toEqual({ kind: "text", text: "SELECT 1", byteOrderMark: true });
    expect(text(utf8("\ufeff\ufeffx"))).toBe("\ufeffx");
    expect(decode(utf8("x\ufeff"))).toEqual({ kind: "text", text: "x\ufeff", byteOrderMark: false });
    expect(decode(utf8("\ufeff"))).toEqual({ kind: "text", text: "", byteOrderMark: true });
  });

  test("every well-formed text comes back as it was", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 40 }), (sql) => {
        const whole = sql.replaceAll("\0", "").replace(/^\ufeff+/, "");
        if (Buffer.from(whole).toString() !== whole) return;
        expect(text(utf8(whole))).toBe(whole);
      }),
    );
  });
});

describe("UTF-16", () => {
  const sql = "SELECT '한글' FROM t;";
  test.each([
    ["little endian with a byte order mark", utf16le(`\ufeff${sql}`), "UTF-16 (little endian)", 0],
    ["big endian with a byte order mark", utf16be(`\ufeff${sql}`), "UTF-16 (big endian)", 0],
    ["little endian without one", utf16le(sql), "looks like UTF-16", 1],
    ["big endian without one", utf16be(sql), "looks like UTF-16", 0],
    ["little endian that begins with Korean", utf16le("한글 -- ab"), "looks like UTF-16", 2],
  ])("%s is named, with what to do", (_what, bytes, words, offset) => {
    const { why, byteOffset } = refused(bytes);
    expect(why).toContain(words);
    expect(why).toContain("save it as UTF-8");
    expect(byteOffset).toBe(offset);
  });
});

describe("NUL", () => {
  test.each([
    ["at the start", "\0SELECT 1", 0],
    ["in the middle", "SELECT 1; \0 DROP TABLE users;", 10],
    ["behind other characters, counted in bytes", "-- 한글\nSELECT\0", 16],
    ["at the end", "SELECT 1\0", 8],
    ["alone", "\0", 0],
    ["in a run, as a crash leaves it", "SELECT 1\0\0\0\0\0\0", 8],
  ])("%s is refused with its offset", (_where, sql, offset) => {
    const { why, byteOffset } = refused(utf8(sql));
    expect(byteOffset).toBe(offset);
    expect(why).toContain(`NUL byte at byte ${offset}`);
  });
});

describe("bytes that are no UTF-8", () => {
  const rows: readonly (readonly [string, readonly number[], number])[] = [
    ["a lone continuation byte", [0x80], 3],
    ["a byte that UTF-8 never uses", [0xff], 3],
    ["Latin-1's é before a letter", [0xe9, 0x20], 3],
    ["EUC-KR's 한", [0xc7, 0xd1], 3],
    ["a sequence of three broken in its second byte", [0xe3, 0x28, 0x80], 3],
    ["a sequence of three broken in its third byte", [0xed, 0x95, 0x28], 3],
    ["a sequence of four broken in its fourth byte", [0xf0, 0x9f, 0x98, 0x28], 3],
    ["an overlong slash of two bytes", [0xc0, 0xaf], 3],
    ["an overlong slash of three bytes", [0xe0, 0x80, 0xaf], 3],
    ["an overlong sequence of four bytes", [0xf0, 0x80, 0x80, 0xaf], 3],
    ["an overlong NUL", [0xc0, 0x80], 3],
    ["a high surrogate", [0xed, 0xa0, 0x80], 3],
    ["a pair of surrogates (CESU-8)", [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80], 3],
    ["a code point above U+10FFFF", [0xf4, 0x90, 0x80, 0x80], 3],
    ["a fault behind good Korean", [...utf8("한"), 0x80], 6],
  ];

  test.each(rows)("%s is refused at its first byte, in the middle", (_what, broken, offset) => {
    const { why, byteOffset } = refused([...abc, ...broken, ...abc]);
    expect(byteOffset).toBe(offset);
    expect(why).toContain(`byte ${offset}`);
  });

  test.each(rows)("%s is refused at its first byte, at the end", (_what, broken, offset) => {
    expect(refused([...abc, ...broken]).byteOffset).toBe(offset);
  });

  test.each([
    ["two bytes", [0xc3]],
    ["three bytes, one there", [0xed]],
    ["three bytes, two there", [0xed, 0x95]],
    ["four bytes, one there", [0xf0]],
    ["four bytes, two there", [0xf0, 0x9f]],
    ["four bytes, three there", [0xf0, 0x9f, 0x98]],
  ])("a sequence of %s, cut off by the end of the file, is refused at its first byte", (_what, cut) => {
    expect(refused([...abc, ...cut]).byteOffset).toBe(3);
    expect(refused(cut).byteOffset).toBe(0);
    expect(refused([0xef, 0xbb, 0xbf, ...cut]).byteOffset).toBe(3);
  });

  test("the offset is the number of bytes before the fault, wherever it is", () => {
    const before = fc.string({ unit: "grapheme", maxLength: 30 }).map((part) => utf8(part.replaceAll("\0", "")));
    fc.assert(
      fc.property(before, fc.constantFrom(...rows.slice(0, -1).map((row) => row[1])), (part, broken) => {
        expect(refused([...part, ...broken, 0x3b]).byteOffset).toBe(part.length);
      }),
    );
  });
});

test("whatever the bytes, what is text holds no NUL, and what is refused is refused inside the file", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 24 }), (bytes) => {
      const decoded = decode(bytes);
      if (decoded.kind === "text") expect(decoded.text).not.toContain("\0");
      else expect(decoded.byteOffset).toBeLessThan(bytes.length);
    }),
    { numRuns: 500 },
  );
});
