import { describe, expect, test } from "vitest";
import type { ConfigSource } from "../../src/ports.ts";
import { configSource } from "../../src/workspace/yaml.ts";

function read(text: string | Uint8Array): ConfigSource {
  return configSource({ path: "x.yml", bytes: typeof text === "string" ? new TextEncoder().encode(text) : text });
}

/** Each problem as `line:column: message`. */
function problemsOf(text: string | Uint8Array): readonly string[] {
  return read(text).problems.map(({ at, message }) => `${at.line}:${at.column}: ${message}`);
}

describe("a value is read", () => {
  test("from a file with comments, a byte order mark, CRLF and one document between marks", () => {
    const source = read("\ufeff# hello\r\n---\r\nversion: 1\r\nrules: { a: off }\r\n...\r\n");
    expect(source.problems).toEqual([]);
    expect(source.value).toEqual({ version: 1, rules: { a: "off" } });
    expect(source.positionOf(["rules", "a"])).toEqual({ line: 4, column: 13 });
  });

  test("with anchors, aliases and merge keys", () => {
    const source = read("a: &x { p: 1, q: 2 }\nb: *x\nc:\n  <<: *x\n  q: 3\nd: { <<: [{ q: 4 }, *x] }\n");
    expect(source.problems).toEqual([]);
    expect(source.value).toEqual({ a: { p: 1, q: 2 }, b: { p: 1, q: 2 }, c: { p: 1, q: 3 }, d: { p: 1, q: 4 } });
    // What came by an alias stands where the anchor is.
    expect(source.positionOf(["b"])).toEqual({ line: 2, column: 4 });
    expect(source.positionOf(["b", "q"])).toEqual({ line: 1, column: 18 });
    expect(source.positionOf(["c", "q"])).toEqual({ line: 5, column: 6 });
    expect(source.positionOf(["c", "p"], "key")).toEqual({ line: 1, column: 9 });
  });

  test("with keys that are no text in YAML, as the user wrote them", () => {
    expect(read("18: a\ntrue: b\n1.0: c\nnull: d").value).toEqual({ "18": "a", true: "b", "1.0": "c", null: "d" });
  });

  test("with the key __proto__ as a key like any other", () => {
    const { value } = read("__proto__: { version: 1 }");
    expect(JSON.stringify(value)).toBe('{"__proto__":{"version":1}}');
    expect(Object.hasOwn(Object(value), "version")).toBe(false);
  });

  test("with plain tags, which say what the value is", () => {
    const source = read("a: !!str 18\nb: !!map { c: !!int 1 }");
    expect(source.problems).toEqual([]);
    expect(source.value).toEqual({ a: "18", b: { c: 1 } });
  });
});

describe("a place is found", () => {
  const source = read(`# 설정
version: 1
migrations:
  - directory: "😀"  # four columns and two for the face
    layout: plain
  - { layout: plain }
policy:

rules: {}
`);

  test.each<[readonly (string | number)[], "key" | "value", string]>([
    [[], "value", "2:1"],
    [["version"], "value", "2:10"],
    [["version"], "key", "2:1"],
    [["migrations"], "value", "4:3"],
    [["migrations", 0], "value", "4:5"],
    [["migrations", 0, "directory"], "value", "4:16"],
    [["migrations", 0, "layout"], "key", "5:5"],
    [["migrations", 0, "layout"], "value", "5:13"],
    [["migrations", 1], "value", "6:5"],
    [["migrations", 1], "key", "6:5"],
    // Not there: the nearest that is.
    [["migrations", 1, "directory"], "value", "6:5"],
    [["migrations", 7, "directory"], "value", "4:3"],
    [["nothing", "here"], "key", "2:1"],
    // Nothing after the colon: the key.
    [["policy"], "value", "7:1"],
    [["policy", "low"], "value", "7:1"],
    [["rules"], "value", "9:8"],
  ])("%j, its %s, at %s", (path, what, place) => {
    const { line, column } = source.positionOf(path, what);
    expect(`${line}:${column}`).toBe(place);
  });

  test("with columns as editors count them, a face as two", () => {
    expect(read('{ "😀": 1, b: 2 }').positionOf(["b"], "key")).toEqual({ line: 1, column: 12 });
  });
});

describe("a text is refused", () => {
  test.each<[string, string | Uint8Array, readonly string[]]>([
    ["that is empty", "", ["1:1: the file is empty: write at least `version: 1`"]],
    [
      "that has only comments",
      "# version: 1\n\n# postgres: 16\n",
      ["1:1: the file is empty: write at least `version: 1`"],
    ],
    ["that has only a document mark", "---\n", ["1:1: the file is empty: write at least `version: 1`"]],
    ["that is only null", "~\n", ["1:1: the file is empty: write at least `version: 1`"]],
    [
      "that is two documents",
      "version: 1\n---\nversion: 1\n",
      ["2:1: a second document starts here: write one, without a `---` in between"],
    ],
    [
      "that ends with a mark",
      "version: 1\n---\n",
      ["2:1: a second document starts here: write one, without a `---` in between"],
    ],
    [
      "with a key twice",
      "version: 1\npolicy:\n  low: {}\n  'low': {}\nversion: 1\nversion: 2\n",
      [
        '4:3: the key "low" is written twice: line 3 has it already',
        '5:1: the key "version" is written twice: line 1 has it already',
        '6:1: the key "version" is written twice: line 1 has it already',
      ],
    ],
    ["with a key twice in braces", "{ a: 1,\n  a: 2 }", ['2:3: the key "a" is written twice: line 1 has it already']],
    [
      "with a tab before a line",
      "version: 1\npolicy:\n\tlow: {}\n",
      ["3:1: a tab stands before this line: indent with spaces"],
    ],
    [
      "with a crooked indentation",
      "policy:\n  low: {}\n high: {}\n",
      ["3:1: this line is not indented like the lines it belongs to"],
    ],
    [
      "with a second colon",
      "version: 1\ndirectory: a: b\n",
      ['2:12: a second ": " on this line: put the value in quotes, or its keys on lines of their own'],
    ],
    ["with a key without a colon", "version: 1\npolicy\n", ["2:1: a key without a colon: write `key: value`"]],
    [
      "with a line that is no key",
      "postgres 16\nversion: 1\n",
      ["1:1: this line is neither `key: value` nor part of the list or map around it"],
    ],
    ["with an open bracket", "version: 1\nmigrations: [a, b\n", ["3:1: a closing ] is missing"]],
    ["with an open brace", "version: 1\npolicy: { low: {}\n", ["3:1: a closing } is missing"]],
    ["with an open quote", 'a: "x', ['1:6: a closing " is missing']],
    ["with an open single quote", "a: 'x", ["1:6: a closing ' is missing"]],
    ["with a value in backticks", "directory: `db`\n", ["1:12: a value cannot start with `: put it in quotes"]],
    [
      "with a stray backslash",
      'directory: "db\\migrations"\n',
      ["1:15: this backslash means nothing in double quotes: write \\\\, or use single quotes"],
    ],
    [
      "with two faults on two lines",
      'a: `x`\nb: "\\q"\n',
      [
        "1:4: a value cannot start with `: put it in quotes",
        "2:5: this backslash means nothing in double quotes: write \\\\, or use single quotes",
      ],
    ],
    [
      "with a key twice that is itself hostile",
      '"a\\n\\e[2J": 1\n"a\\n\\e[2J": 2\n',
      ['2:1: the key "a\\n\\u001b[2J" is written twice: line 1 has it already'],
    ],
    [
      "with an own tag",
      "a: !secret x\nb: !!js/function y\n",
      [
        "1:4: the tag !secret is not known: a config file needs no tags",
        "2:4: the tag !!js/function is not known: a config file needs no tags",
      ],
    ],
    [
      "with a tag of YAML's wider kinds",
      "%YAML 1.1\n---\na: !!binary aGk=\nb: !!set { x }\n",
      [
        "3:13: the tag !!binary has no place in a config file: write the value without it",
        "4:10: the tag !!set has no place in a config file: write the value without it",
      ],
    ],
    ["with a tag that does not fit", "a: !!int x\n", ["1:4: the tag !!int is not known: a config file needs no tags"]],
    [
      "with a directive of its own",
      "%FOO bar\n---\na: 1\n",
      ["1:1: the directive %FOO bar is not known: a config file needs none"],
    ],
    [
      "with an alias to nothing",
      "a: *b\nb: &b 1\n",
      ["1:4: the alias *b stands for nothing: there is no &b before it"],
    ],
    ["with an alias into itself", "a: &a { b: [*a] }\n", ["1:13: the alias *a leads into itself"]],
    ["with a list for a key", "? [a, b]\n: 1\n", ["1:3: a key must be one word, not a list, a map or nothing"]],
    ["with no key", ": 1\n", ["1:1: a key must be one word, not a list, a map or nothing"]],
    ["with a merge of no map", "a: &a 1\nb: { <<: *a }\n", ["2:10: << takes a map, or a list of maps: `<<: *name`"]],
    ["in UTF-16", Buffer.from("\ufeffversion: 1\n", "utf16le"), ["1:1: the file is UTF-16: save it as UTF-8"]],
    [
      "in Latin-1",
      Buffer.from("version: 1\n# caf\xe9 cl\xf4t\n", "latin1"),
      ["2:6: the text here is not UTF-8: save the file as UTF-8"],
    ],
    [
      "in EUC-KR",
      Buffer.from([0x61, 0x3a, 0x20, 0xb0, 0xa1]),
      ["1:4: the text here is not UTF-8: save the file as UTF-8"],
    ],
    ["with a NUL", "version: 1\na: \0\n", ["2:4: a NUL character stands here: remove it"]],
  ])("%s", (_, text, expected) => {
    expect(problemsOf(text)).toEqual(expected);
  });

  test("with its value withheld, so that one mistake is told once", () => {
    expect(read("version: 1\n\tx: 1").value).toBeUndefined();
    expect(read("a: !x 1\nb: 2").value).toEqual({ a: undefined, b: 2 });
  });
});

describe("a hostile text is refused in no time", () => {
  const mebibyte = 1024 * 1024;
  const fill = (unit: string) => unit.repeat(mebibyte / unit.length);
  const laughs = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"];
  for (let i = 1; i < 30; i++)
    laughs.push(`a${i}: &a${i} [${Array.from({ length: 10 }, () => `*a${i - 1}`).join(", ")}]`);

  test.each<[string, string, string]>([
    ["aliases of aliases of aliases", laughs.join("\n"), "stand for more than 10,000 values: write out what is meant"],
    [
      "one large anchor many times",
      `a: &a [${"x, ".repeat(9000)}x]\nb: *a\nc: *a\n`,
      "the aliases up to *a stand for more than 10,000 values",
    ],
    [
      "merges of merges",
      laughs.join("\n").replaceAll("[x,", "[{ <<: &m { a: 1 } }, x,"),
      "stand for more than 10,000 values",
    ],
    ["brackets all the way", fill("["), "the file goes on for too long: more than 50,000 words and signs"],
    ["closing brackets", fill("]"), "the file goes on for too long"],
    ["commas", `[${fill(",")}`, "the file goes on for too long"],
    ["lists in lists", fill("- "), "the file goes on for too long"],
    ["maps in maps", fill("{a: "), "the file goes on for too long"],
    ["a map deeper than any use", "{a: ".repeat(8000), "lists and maps are nested too deeply here"],
    ["lists deeper than any use", "- ".repeat(20_000), "lists and maps are nested too deeply here"],
    ["anchors", fill("&a "), "the file goes on for too long"],
    ["keys", Array.from({ length: 100_000 }, (_, i) => `k${i}: `).join("\n"), "the file goes on for too long"],
    ["documents", fill("---\n"), "the file goes on for too long"],
  ])("%s", (_, text, expected) => {
    const start = performance.now();
    expect(problemsOf(text).join("\n")).toContain(expected);
    // Not a measurement: a guard against what takes from seconds to for ever, and gigabytes, without the limits.
    expect(performance.now() - start).toBeLessThan(5000);
  });

  test("and the alias that went too far is named once", () => {
    expect(problemsOf(laughs.join("\n"))).toHaveLength(1);
  });

  test("thousands of keys and many aliases are no attack", () => {
    const keys = Array.from({ length: 5000 }, (_, i) => `k${i}: *a`).join("\n");
    expect(problemsOf(`a: &a 1\n${keys}`)).toEqual([]);
  });
});
