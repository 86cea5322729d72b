import { count } from "../text.ts";
import { type Approvers, anybody } from "./config.ts";
import type { Path, Reading } from "./reading.ts";
import { quote } from "./words.ts";

/** The people and teams whose approval counts at a risk that asks for so many; null where the value is no such map. */
export function readApprovers(
  reading: Reading,
  path: Path,
  { value, asked }: { readonly value: unknown; readonly asked: number },
): Approvers | null {
  const map = reading.map(path, value, "a map of people and teams, each a list of names");
  if (map === null) return null;
  reading.unknownKeys(path, map, ["people", "teams"]);
  const people = map.has("people") ? readNames(reading, [...path, "people"], map.get("people"), person) : [];
  const teams = map.has("teams") ? readNames(reading, [...path, "teams"], map.get("teams"), team) : [];
  if (people === null || teams === null) return anybody;
  // Nobody named would mean everybody, which is the opposite of what such a line looks like.
  if (people.length === 0 && teams.length === 0) {
    reading.problem(path, "approvers names nobody: name people or teams, or leave the key out");
  } else if (teams.length === 0 && people.length < asked) {
    reading.problem(
      path,
      `${count(asked, "approval")} asked of ${count(people.length, "person", "people")}: name more`,
    );
  }
  return { people, teams };
}

interface Kind {
  readonly form: RegExp;
  readonly expected: string;
}

// Names of people who are managed by a company end in "_" and its short code.
const person: Kind = { form: /^[a-z\d](?:[a-z\d_-]{0,98}[a-z\d_])?$/i, expected: "a list of GitHub names" };
const team: Kind = {
  form: /^(?:[a-z\d][a-z\d-]{0,98}\/)?[a-z\d][a-z\d_.-]{0,98}$/i,
  expected: "a list of teams, such as dba or my-company/dba",
};

/** The names of a list, each once; null where one of them is none. */
function readNames(reading: Reading, path: Path, value: unknown, { form, expected }: Kind): readonly string[] | null {
  const entries = reading.list(path, value, expected);
  if (entries === null) return null;
  const names = new Map<string, string>();
  let isWhole = true;
  for (const [index, entry] of entries.entries()) {
    const name = reading.text([...path, index], entry, "a name");
    if (name !== null && form.test(name)) names.set(name.toLowerCase(), name);
    else {
      isWhole = false;
      const hint = name?.startsWith("@") === true ? ": write it without @" : `; it must be one of ${expected}`;
      if (name !== null) reading.problem([...path, index], `${quote(name)} is no such name${hint}`);
    }
  }
  return isWhole ? [...names.values()] : null;
}
