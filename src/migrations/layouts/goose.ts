import { between, byNumber, common, type Layout, numbered } from "./layout.ts";

const up = /^--[ \t]*\+goose[ \t]+up\b.*$/im;
const down = /^--[ \t]*\+goose[ \t]+down\b.*$/im;
const alone = /^--[ \t]*\+goose[ \t]+no[ \t]+transaction\b/im;

/** 00001_create_users.sql with -- +goose Up and -- +goose Down; statement by statement in one transaction (goose's README). */
export const goose: Layout = {
  ...common,
  id: "goose",
  tool: "goose",
  example: "00001_create_users.sql",
  read: (name) => numbered(name, /^(\d+)_(.*)\.sql$/s),
  isMine: (_directory, text) => up.test(text),
  order: byNumber,
  parts(text) {
    const asks = alone.test(text);
    return { ...between(text, { up, down }, () => false), withoutTransaction: { up: asks, down: asks } };
  },
  hasDowns: true,
  runs: "wrapped-statements",
  withoutTransaction: { runs: "statements", ask: "-- +goose NO TRANSACTION" },
};
