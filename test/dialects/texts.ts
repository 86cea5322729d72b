import fc from "fast-check";
import type { Dialect } from "../../src/sql/dialects/dialect.ts";

const space = fc.constantFrom(" ", "\n", "\r\n", "\t", "  \n", "\r");

/** Comments that hold what must not be taken for anything else; a line comment brings its end. */
const comments: Readonly<Record<Dialect, readonly string[]>> = {
  sqlite: ["-- x; '\n", "--한글; it's \"\r\n", "/* ; ' */", "/**/", "/* 😀\r\n-- */", "/* /* nested; */"],
  mysql: [
    "-- x; '\n",
    "-- 한글; it's `\r\n",
    '# ; " 😀\n',
    "#\n",
    "/* ; ' */",
    "/**/",
    "/* 😀\r\n# */",
    "/*+ hint; */",
  ],
  mariadb: [
    "-- x; '\n",
    "-- 한글; it's `\r\n",
    '# ; " 😀\n',
    "#\n",
    "/* ; ' */",
    "/**/",
    "/* 😀\r\n# */",
    "/*+ hint; */",
  ],
};

/** String constants, with everything inside that could be mistaken for an end. */
const strings: Readonly<Record<Dialect, readonly string[]>> = {
  sqlite: ["'plain'", "''", "'it''s; one'", "'back\\'", "'한글; 😀 --'", "'two\r\nlines; /*'", "x'1f'"],
  mysql: [
    "'plain'",
    "''",
    "'it''s; one'",
    "'back\\';'",
    "'\\\\'",
    "'한글; 😀 #'",
    "'two\r\nlines; /*'",
    '"it\'s; ""q"""',
    '"\\";"',
    "_utf8'x;'",
  ],
  mariadb: [
    "'plain'",
    "''",
    "'it''s; one'",
    "'back\\';'",
    "'\\\\'",
    "'한글; 😀 #'",
    "'two\r\nlines; /*'",
    '"it\'s; ""q"""',
    '"\\";"',
    "_utf8'x;'",
  ],
};

/** Names as they are written. */
const names: Readonly<Record<Dialect, readonly string[]>> = {
  sqlite: ["t", "표", "ä$1", '"a;b"', '"q""x"', "`b`", "`;`", "[a;b]", "[it's]", '"😀"'],
  mysql: ["t", "표", "ä$1", "2fa", "`a;b`", "`q``x`", "`😀`", "`it's`", "`#`"],
  mariadb: ["t", "표", "ä$1", "2fa", "`a;b`", "`q``x`", "`😀`", "`it's`", "`#`"],
};

/** What may stand between two tokens: white space, comments, or both. */
function trivia(dialect: Dialect): fc.Arbitrary<string> {
  const comment = fc.tuple(space, fc.constantFrom(...comments[dialect]), space).map((parts) => parts.join(""));
  return fc.oneof(
    { weight: 5, arbitrary: fc.constant(" ") },
    { weight: 2, arbitrary: space },
    { weight: 2, arbitrary: comment },
  );
}

const bodies: Readonly<Record<Dialect, readonly (readonly string[])[]>> = {
  sqlite: [
    [
      "CREATE",
      "TRIGGER",
      "NAME",
      "AFTER",
      "INSERT",
      "ON",
      "NAME",
      "BEGIN",
      "DELETE",
      "FROM",
      "NAME",
      ";",
      "SELECT",
      "CASE",
      "1",
      "WHEN",
      "2",
      "THEN",
      "STRING",
      "END",
      ";",
      "END",
    ],
    ["CREATE", "TEMP", "TRIGGER", "NAME", "AFTER", "INSERT", "ON", "NAME", "BEGIN", "SELECT", "STRING", ";", "END"],
  ],
  mysql: [
    [
      "CREATE",
      "PROCEDURE",
      "NAME",
      "(",
      ")",
      "BEGIN",
      "IF",
      "1",
      "THEN",
      "SELECT",
      "STRING",
      ";",
      "ELSEIF",
      "2",
      "THEN",
      "SELECT",
      "2",
      ";",
      "END",
      "IF",
      ";",
      "END",
    ],
    [
      "CREATE",
      "DEFINER",
      "=",
      "NAME",
      "TRIGGER",
      "NAME",
      "BEFORE",
      "INSERT",
      "ON",
      "NAME",
      "FOR",
      "EACH",
      "ROW",
      "IF",
      "1",
      "THEN",
      "SET",
      "a",
      "=",
      "STRING",
      ";",
      "END",
      "IF",
    ],
    [
      "CREATE",
      "PROCEDURE",
      "NAME",
      "(",
      ")",
      "l",
      ":",
      "LOOP",
      "SELECT",
      "CASE",
      "WHEN",
      "1",
      "THEN",
      "REPEAT",
      "(",
      "STRING",
      ",",
      "2",
      ")",
      "END",
      ";",
      "LEAVE",
      "l",
      ";",
      "END",
      "LOOP",
    ],
    [
      "ALTER",
      "EVENT",
      "NAME",
      "DO",
      "BEGIN",
      "WHILE",
      "1",
      "DO",
      "SELECT",
      "1",
      ";",
      "END",
      "WHILE",
      ";",
      "REPEAT",
      "SELECT",
      "1",
      ";",
      "UNTIL",
      "1",
      "END",
      "REPEAT",
      ";",
      "END",
    ],
  ],
  mariadb: [
    [
      "BEGIN",
      "NOT",
      "ATOMIC",
      "FOR",
      "i",
      "IN",
      "1",
      "..",
      "5",
      "DO",
      "SELECT",
      "STRING",
      ";",
      "END",
      "FOR",
      ";",
      "END",
    ],
  ],
};

const shapes: readonly (readonly string[])[] = [
  ["SELECT", "STRING"],
  ["INSERT", "INTO", "NAME", "VALUES", "(", "STRING", ",", "5", ")"],
  ["UPDATE", "NAME", "SET", "NAME", "=", "STRING", "WHERE", "NAME", "=", "1"],
  ["DROP", "TABLE", "NAME"],
  ["CREATE", "TABLE", "NAME", "(", "NAME", "INT", ",", "NAME", "TEXT", ")"],
  ["BEGIN"],
  ["SELECT", "CASE", "WHEN", "1", "THEN", "2", "END"],
];

/** A statement: its tokens with anything between them. */
function statement(dialect: Dialect): fc.Arbitrary<string> {
  return fc.constantFrom(...shapes, ...shapes, ...bodies[dialect]).chain((shape) => {
    const tokens = shape.map((word) => {
      if (word === "NAME") return fc.constantFrom(...names[dialect]);
      return word === "STRING" ? fc.constantFrom(...strings[dialect]) : fc.constant(word);
    });
    return fc
      .tuple(fc.tuple(...tokens), fc.array(trivia(dialect), { minLength: shape.length, maxLength: shape.length }))
      .map(([words, gaps]) => words.map((word, i) => `${i === 0 ? "" : gaps[i]}${word}`).join(""));
  });
}

/** A file with the statements that it was put together from. */
export function file(
  dialect: Dialect,
): fc.Arbitrary<{ readonly text: string; readonly statements: readonly string[] }> {
  const one = fc.tuple(trivia(dialect), statement(dialect), fc.constantFrom("", " ", "\n"));
  return fc.tuple(fc.array(one, { maxLength: 5 }), trivia(dialect)).map(([all, end]) => ({
    text: `${all.map(([before, sql, after]) => `${before}${sql}${after};`).join("")}${end}`,
    statements: all.map(([, sql]) => sql),
  }));
}

/** Pieces of text that mean something to a scanner, put together without any sense. */
export function nonsense(dialect: Dialect): fc.Arbitrary<string> {
  const some = [...comments[dialect], ...strings[dialect], ...names[dialect]];
  const signs = [
    ";",
    ";",
    "'",
    '"',
    "`",
    "[",
    "]",
    "--",
    "#",
    "/*",
    "/*!50003",
    "*/",
    "\\",
    "\\G",
    "(",
    ")",
    ",",
    ".",
    "@",
    "\n",
    "\r",
    "\n.",
    "$$",
  ];
  const words = [
    "select",
    "end",
    "begin",
    "create",
    "trigger",
    "procedure",
    "drop table t",
    "\ndelimiter //\n",
    "//",
    "update t set a=1",
    "alter table t",
    "😀",
    "\u00a0",
  ];
  return fc.array(fc.constantFrom(...some, ...signs, ...words, " "), { maxLength: 25 }).map((parts) => parts.join(""));
}
