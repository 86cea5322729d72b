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
  read(name) {
    const read = numbered(name, /^(\d+)_(.*)\.sql$/s);
    // Numbers from 1 to those of 64 bits (NumericComponent in migration.go); the rest is left out without a word.
    const version = BigInt(read?.version ?? 0);
    return version < 1n || version > 0x7fff_ffff_ffff_ffffn ? null : read;
  },
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
