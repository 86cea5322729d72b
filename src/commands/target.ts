import type { AppliedBy, Database, Layout as LayoutId } from "../config/config.ts";
import { UserError } from "../errors.ts";
import { type Below, discover } from "../migrations/discover.ts";
import { layoutOf } from "../migrations/layouts/index.ts";
import type { Discovered } from "../migrations/migration.ts";
import type { TreeFiles, Workspace } from "../ports.ts";
import { decode } from "../sql/decode.ts";
import { list } from "../text.ts";
import { inWords } from "./wrong-path.ts";

/** A directory to look at, and which of its files are asked for. */
export interface Target {
  readonly directory: string;
  /** The paths that are judged; null: all of them. The other migrations are their history. */
  readonly only: ReadonlySet<string> | null;
  readonly layout: LayoutId | null;
  readonly appliedBy: AppliedBy;
  readonly dialect: Database;
}

/** Whether a script is asked for. */
export function isWanted({ only }: Target, path: string | null): boolean {
  return path !== null && (only === null || only.has(path));
}

/** What the directory of a target holds; null where there is nothing to judge in it. Throws UserError where nothing can be told. */
export function find({ directory, only, layout }: Target, workspace: Workspace): Discovered | null {
  const listing = workspace.look(directory);
  // Standard input: nothing is beside it.
  if (listing.kind === "file")
    return { directory, layout: layout ?? "plain", migrations: [], problems: [], ignored: [] };
  if (listing.kind !== "directory") {
    throw new UserError("path-unreadable", `${inWords(directory)} cannot be listed.`, {
      details: listing.kind === "unreadable" ? [`It ${listing.why}.`] : [],
      hint: "make it readable for this user: the files beside a migration are its history.",
    });
  }
  const found = discover(directory, listing.entries, layout, below(workspace));
  if (found !== null) return found;
  const sql = listing.entries.filter(({ name }) => name.toLowerCase().endsWith(".sql"));
  if (sql.length === 0) return null;
  if (only !== null) return { directory, layout: "plain", migrations: [], problems: [], ignored: [] };
  throw new UserError(
    "layout-unknown",
    `None of the ${sql.length} SQL files in ${inWords(directory)} has the name of a migration.`,
    {
      details: [`Found: ${list(sql.slice(0, 3).map(({ name }) => name))}${sql.length > 3 ? ", …" : ""}.`],
      hint: `name them as a tool does (${layoutOf("golang-migrate").example} or ${layoutOf("plain").example}), say which with --layout, or name one file to check it alone.`,
    },
  );
}

/** What the same directory held in a commit, read in the layout that it has now; null where it had no migrations, or was not there. */
export function findIn(files: TreeFiles, directory: string, layout: LayoutId): Discovered | null {
  const listing = files.look(directory);
  if (listing.kind !== "directory") return null;
  return discover(directory, listing.entries, layout, { ...entriesOf(files), text: () => null });
}

/** What a layout may look at below a directory: the names in the next one, and the text of its files. */
export function below(workspace: Workspace): Below {
  return {
    ...entriesOf(workspace),
    text(path) {
      const content = workspace.read(path);
      const decoded = content.kind === "bytes" ? decode(content.bytes) : null;
      return decoded?.kind === "text" ? decoded.text : null;
    },
  };
}

function entriesOf({ look }: Pick<Workspace, "look">): Pick<Below, "entries"> {
  return {
    entries(path) {
      const listing = look(path);
      return listing.kind === "directory" ? listing.entries : [];
    },
  };
}
