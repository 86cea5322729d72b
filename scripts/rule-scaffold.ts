/** What a new rule is made of, by the path of each file from the root of the repository. */
export type Scaffold =
  | { readonly kind: "files"; readonly files: ReadonlyMap<string, string> }
  | { readonly kind: "refused"; readonly why: string };

/** What is there already. */
export interface Existing {
  /** The text of src/rules/index.ts. */
  readonly index: string;
  /** The file names in src/rules. */
  readonly files: readonly string[];
  readonly titles: readonly string[];
}

/** The files of a new rule, and the index with it; or why there can be no such rule. */
export function scaffold(id: string, title: string, { index, files, titles }: Existing): Scaffold {
  const refused = (why: string): Scaffold => ({ kind: "refused", why });
  if (!/^[a-z]+(?:-[a-z]+)+$/.test(id))
    return refused(`"${id}" is no id of a rule: it has to be two words or more, in lower case, joined by hyphens.`);
  if (files.includes(`${id}.ts`)) return refused(`There is a src/rules/${id}.ts already.`);
  if (title.trim() === "") return refused("The title is missing: what to do, as a sentence without a full stop.");
  if (/[.!\n]$|\n/.test(title))
    return refused(`The title is one line without a full stop: "${title.replace(/\s+/g, " ")}".`);
  if (titles.includes(title)) return refused(`Another rule has the title "${title}".`);
  return {
    kind: "files",
    files: new Map([
      [`src/rules/${id}.ts`, ruleText(id, title)],
      ["src/rules/index.ts", indexWith(index, id)],
      [`test/rules/${id}/cases.sql`, casesText],
    ]),
  };
}

function ruleText(id: string, title: string): string {
  return `import { display } from "../sql/names.ts";
import { defineRule } from "./rule.ts";

export default defineRule({
  id: ${JSON.stringify(id)},
  meta: {
    title: ${literal(title)},
    // What goes wrong when the rule is right: see Hazard in rule.ts.
    hazard: "locks",
    risk: "high",
    why: "TODO: what PostgreSQL does, in a sentence or two.",
    fix: "TODO: what to write instead.",
    links: [],
  },
  *check({ statements }) {
    for (const { actions } of statements) {
      for (const action of actions) {
        // TODO: the kinds of actions are in facts/actions.ts, their effects in facts/facts.ts. Nobody waits for what is only new.
        if (action.kind !== "cluster-on" || action.onlyNew) continue;
        yield {
          at: action.span,
          message: \`TODO: what happens to \${display(action.table)}, as a sentence.\`,
          safer: "-- TODO: SQL that does the same with less risk, or leave this line out",
        };
      }
    }
  },
});
`;
}

/** A string as the formatter writes it: in single quotes only where that saves escapes. */
function literal(text: string): string {
  const escaped = JSON.stringify(text);
  return text.includes('"') && !text.includes("'") ? `'${escaped.slice(1, -1).replaceAll('\\"', '"')}'` : escaped;
}

const casesText = `-- TODO: what the rule is about. The format is described in test/rules/cases.ts.

-- bad: TODO: why it is bad
-- history:
CREATE TABLE users (id bigint PRIMARY KEY);
-- migration:
SELECT 'TODO' FROM users;
-- ^ reported

-- good: TODO: why it is fine
-- history:
CREATE TABLE users (id bigint PRIMARY KEY);
-- migration:
SELECT 'TODO' FROM users;
`;

/** The index with one more import and one more entry, both in the order of the ids. */
function indexWith(index: string, id: string): string {
  const name = id.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return insertLine(
    insertLine(index, `import ${name} from "./${id}.ts";`, /^import .* from "(\.\/.*)\.ts";$/, `./${id}`),
    `  ${name},`,
    /^ {2}([A-Za-z]+),$/,
    name,
  );
}

/** Puts a line before the first of its kind that is greater, or behind the last. */
function insertLine(text: string, line: string, kind: RegExp, key: string): string {
  const lines = text.split("\n");
  const keys = lines.map((each) => kind.exec(each)?.[1] ?? null);
  const next = keys.findIndex((each) => each !== null && each > key);
  const last = keys.findLastIndex((each) => each !== null);
  return lines.toSpliced(next === -1 ? last + 1 : next, 0, line).join("\n");
}
