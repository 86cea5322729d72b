import { oneOf } from "../commands/option-values.ts";
import { UserError } from "../errors.ts";
import { asConfigWrites } from "../wiring/paths.ts";

/** What the command line says of a new migration. */
export interface NewWords {
  readonly names: readonly string[];
  readonly directory: string | null;
  readonly config: string | null;
  readonly layout: string | null;
}

/** `lockkeeper new`: the paths on standard output, one a line, for an editor; what was decided by itself beside it. */
export async function runNew({ names, directory, config, layout }: NewWords): Promise<void> {
  const [name, ...more] = names;
  if (name === undefined) {
    throw new UserError("argument-missing", "lockkeeper new takes the name of the migration.", {
      hint: 'say what it does: lockkeeper new "add email to users".',
    });
  }
  if (more.length > 0) {
    throw new UserError("argument-unexpected", `lockkeeper new takes one name, and was given ${names.length}.`, {
      hint: "put the name in quotes, and the directory after --directory.",
    });
  }
  const [{ newMigration }, { layouts }, { openWorkspace }, { openMaker }, { noOrder, shown }] = await Promise.all([
    import("../commands/new.ts"),
    import("../config/config.ts"),
    import("../workspace/workspace.ts"),
    import("../workspace/make.ts"),
    import("../report/cells.ts"),
  ]);
  const { paths, notes } = await newMigration(
    {
      name,
      directory: directory === null ? null : asConfigWrites(directory),
      config,
      layout: layout === null ? null : oneOf("--layout", layout, layouts),
    },
    { workspace: openWorkspace(process.cwd()), maker: openMaker(process.cwd()), now: new Date() },
  );
  process.stdout.write(paths.map((path) => `${noOrder(shown(path))}\n`).join(""));
  process.stderr.write(notes.map((note) => `${noOrder(shown(note))}\n`).join(""));
}
