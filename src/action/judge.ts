import { check } from "../commands/check.ts";
import { type Config, defaultConfig } from "../config/config.ts";
import { parseConfig } from "../config/parse.ts";
import { isMap } from "../config/words.ts";
import { tightened, type Wishes } from "../gate/tighten.ts";
import type { Checkout } from "../github/checkout.ts";
import { inWordsOfInputs } from "../github/failure.ts";
import { fromRepository } from "../github/from-repository.ts";
import type { CheckInputs } from "../github/inputs.ts";
import { directoryOfGenerated } from "../migrations/generated.ts";
import type { Commands, ConfigSource, Tree, Workspace } from "../ports.ts";
import type { Notice } from "../report/comment-context.ts";
import type { Report } from "../report/report.ts";
import { rules } from "../rules/index.ts";
import { canBeTurnedOff } from "../rules/rule.ts";
import { usualPlaces } from "../workspace/config-file.ts";
import { configIn } from "../workspace/tree-config.ts";
import type { DiskWorkspace } from "../workspace/workspace.ts";
import type { Bases } from "./base.ts";

/** What was judged, and by which rules. */
export interface JudgedPull {
  /** With paths from the root of the repository. */
  readonly report: Report;
  readonly config: Config;
  /** What the pull request has tried to change about its own check. */
  readonly notices: readonly Notice[];
}

interface JudgeContext {
  readonly checkout: Checkout;
  readonly workspace: DiskWorkspace;
  readonly bases: Bases;
  /** Null: commands of the project are not run here. */
  readonly commands: Commands | null;
}

/** Judges what is pending. Where a base decides, its config counts, and the workflow's inputs can only make the gate tighter. */
export async function judge(
  inputs: CheckInputs,
  { checkout, workspace: disk, bases, commands }: JudgeContext,
): Promise<JudgedPull> {
  const { paths, failOn, postgres, layout } = inputs;
  const decides = bases.config;
  const workspace: Workspace = decides === null ? disk : { ...disk, config: (path) => configIn(decides, path) };
  try {
    const source = await workspace.config(inputs.config);
    const config = configOf(source);
    const wishes: Wishes = { failOn, postgres, layout };
    const namesPostgres = isMap(source?.value) && "postgres" in source.value;
    const { wishes: taken, ignored } =
      decides === null ? { wishes, ignored: [] } : tightened(wishes, { config, namesPostgres });
    const notices: Notice[] = [
      ...(decides === null ? [] : await changesOfConfig(decides, { named: inputs.config, disk })),
      ...ignored.map((each) => ({ ...each, kind: "loosening" }) as const),
    ];
    const known = { ...workspace, config: async () => source };
    const report = await check(
      { paths, config: inputs.config, ...taken },
      { workspace: known, base: bases.compared, commands },
    );
    const judgedFor = { ...config, postgres: taken.postgres ?? config.postgres };
    const whole = fromRepository(report, checkout.prefix);
    return { report: whole, config: judgedFor, notices: [...notices, ...generatedIn(whole)] };
  } catch (thrown) {
    throw inWordsOfInputs(thrown, paths);
  }
}

/** A reviewer must know which SQL stands in no file. */
export function generatedIn({ migrations }: Report): readonly Notice[] {
  return migrations.flatMap(({ path, generated }) =>
    generated === undefined
      ? []
      : [{ kind: "generated", directory: directoryOfGenerated(path), command: generated.command }],
  );
}

function configOf(source: ConfigSource | null): Config {
  if (source === null) return defaultConfig;
  return parseConfig(source, { rules: rules.map((rule) => ({ id: rule.id, canBeTurnedOff: canBeTurnedOff(rule) })) });
}

/** The config files that are others than in the base: read by nobody before the merge. */
async function changesOfConfig(
  base: Tree,
  { named, disk }: { readonly named: string | null; readonly disk: DiskWorkspace },
): Promise<readonly Notice[]> {
  const notices: Notice[] = [];
  for (const path of named === null ? usualPlaces : [named]) {
    const [before, now] = [await base.read(path), disk.read(path)];
    const isSame =
      before?.kind === "bytes" && now.kind === "bytes"
        ? Buffer.compare(before.bytes, now.bytes) === 0
        : before === null && disk.look(path).kind === "missing";
    if (!isSame) notices.push({ kind: "config-changed", path });
  }
  return notices;
}
