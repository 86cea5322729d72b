import fc from "fast-check";

/** White space as PostgreSQL knows it. */
const space = fc.constantFrom(" ", "\n", "\r\n", "\r", "\t", "  \n", "\f", "\v");

/** Comments that hold what must not be taken for anything else; a line comment brings its end. */
const comment = fc.constantFrom(
  "-- x\n",
  "-- 한글; it's $$ \r",
  "--\r\n",
  "/* x */",
  "/* a /* ; ' */ $$ \" */",
  "/**/",
  "/* 😀\r\n-- */",
  "/*/* /* 깊은; */ */ -- */",
  "/* $$ E' BEGIN ATOMIC; */",
);

/** What may stand between two tokens: white space, comments, or both. */
export const trivia: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constant(" ") },
  { weight: 3, arbitrary: space },
  { weight: 3, arbitrary: fc.tuple(space, comment, space).map((parts) => parts.join("")) },
);

/** String constants of every kind, with everything inside that could be mistaken for an end. */
export const constant: fc.Arbitrary<string> = fc.constantFrom(
  "'plain'",
  "''",
  "'it''s; one'",
  "'back\\'",
  "'한글; 😀 --'",
  "'two\r\nlines; /*'",
  "E'esc\\'aped; \\\\'",
  "E'\\n;''x'",
  "E'first'\n'sec\\'ond;'",
  "'first'\r\n  'second;'",
  "$$a; b $1$$",
  "$한글$ ; $$ $한$ $한글$",
  "$tag_1$ it's; -- $tag_1$",
  "U&'d\\0061t;'",
  "U&'\\+01F600;\\D55C'",
  "u&'d!0061;' UESCAPE '!'",
  "e'\\u0041\\x41;\\\\'",
  "$q$ $$ ; BEGIN ATOMIC; \\d $$ $q$",
  "$$한글 😀; /* ' $$",
);

/** What may stand where an expression may: also constants that name their type. */
export const literal: fc.Arbitrary<string> = fc.oneof(
  { weight: 5, arbitrary: constant },
  { weight: 1, arbitrary: fc.constantFrom("N'national;'", "B'01'", "X'1F'", "interval '1;'") },
);

/** Pieces of text that mean something to a scanner, and are put together without any sense. */
export const fragments: fc.Arbitrary<string> = fc.oneof(
  trivia,
  literal,
  comment,
  fc.constantFrom(
    "select",
    "a",
    "한글",
    "ä$1",
    "e",
    "E",
    "x",
    "U",
    "&",
    "$",
    "$$",
    "$1",
    "$a$",
    "1",
    "1.5",
    "0x1",
    "..",
  ),
  fc.constantFrom(
    ";",
    ";",
    "'",
    '"',
    '"q;"',
    '"a""b"',
    'U&"x"',
    "--",
    "/*",
    "*/",
    "\\",
    "(",
    ")",
    "[",
    "]",
    ",",
    "::",
    "->>",
    "@",
  ),
  fc.constantFrom("\n", "\r", "\u00a0", "\u3000", "😀", "\n'", "' \n'"),
);
