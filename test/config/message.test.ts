import { expect, test } from "vitest";
import { refusalOf } from "./reading.ts";

test("ten problems in one file are told at once, in the order of the file", () => {
  const message = refusalOf(`version: 2
postgress: 16
migrations:
  - directory: db/migrations
    layout: golangmigrate
  - directory: db/migrations/
  - directory: ../shared
policy:
  medium: { deploy: reviewd }
  medium: { backup: required }
rules:
  drop-tabel: off
  syntax-error: off
  create-index-concurrently: high
`);
  expect(message).toBe(`The config file .github/lockkeeper.yml has 10 problems.
  .github/lockkeeper.yml:1:10: version is 2; this Lockkeeper reads version 1
  .github/lockkeeper.yml:2:1: unknown key "postgress": did you mean postgres?
  .github/lockkeeper.yml:5:13: migrations entry 1: layout is "golangmigrate": did you mean golang-migrate?
  .github/lockkeeper.yml:6:16: the directory "db/migrations" is named twice: line 4 has it already
  .github/lockkeeper.yml:7:16: the directory "../shared" leads out of the repository
  .github/lockkeeper.yml:9:21: policy.medium.deploy is "reviewd": did you mean reviewed?
  .github/lockkeeper.yml:10:3: the key "medium" is written twice: line 9 has it already
  .github/lockkeeper.yml:12:3: there is no rule "drop-tabel": did you mean drop-table?
  .github/lockkeeper.yml:13:3: rule syntax-error cannot be turned off: what it finds is refused by PostgreSQL itself, whatever anyone approves
  .github/lockkeeper.yml:14:30: rules.create-index-concurrently is "high": write { risk: high }
  What to do: correct these places; docs/configuration.md names every key and its values.
  Code: config-invalid`);
});

test("one problem is one problem", () => {
  expect(refusalOf("version: 1\npostgres: 13\n")).toBe(`The config file .github/lockkeeper.yml has 1 problem.
  .github/lockkeeper.yml:2:11: postgres is 13; it must be a whole number from 14 to 18
  What to do: correct these places; docs/configuration.md names every key and its values.
  Code: config-invalid`);
});
