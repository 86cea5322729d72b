import { type Config, type FailOn, failOnChoices, type Layout, type PostgresVersion } from "../config/config.ts";

/** What a workflow asks of a check; null where it asks nothing. */
export interface Wishes {
  readonly failOn: FailOn | null;
  readonly postgres: PostgresVersion | null;
  readonly layout: Layout | null;
}

/** What the base branch has decided. */
export interface Decided {
  readonly config: Config;
  /** Whether the config file itself names a server version: a default decides nothing. */
  readonly namesPostgres: boolean;
}

/** A wish that would have made the gate weaker. */
export interface Loosening {
  readonly input: "fail-on" | "postgres" | "layout";
  readonly asked: string;
  /** What counts instead. */
  readonly used: string;
}

/**
 * What is left of a workflow's wishes where the pull request itself may have written the workflow. `fail-on` may only name a lower risk
 * than the base's config does, or its default. A server version and a layout decide what is found, and neither is stricter than
 * another: they count only where the config is silent, since then nobody else has said it.
 */
export function tightened(
  wishes: Wishes,
  { config, namesPostgres }: Decided,
): { readonly wishes: Wishes; readonly ignored: readonly Loosening[] } {
  const ignored: Loosening[] = [];
  const unless = <T extends string | number>(
    input: Loosening["input"],
    asked: T | null,
    weaker: { readonly than: string | number } | null,
  ): T | null => {
    if (asked === null || weaker === null) return asked;
    ignored.push({ input, asked: String(asked), used: String(weaker.than) });
    return null;
  };
  const { failOn: decided } = config.policy;
  const isLooser = wishes.failOn !== null && failOnChoices.indexOf(wishes.failOn) > failOnChoices.indexOf(decided);
  const isOtherServer = namesPostgres && wishes.postgres !== config.postgres;
  const layouts = [...new Set(config.migrations.flatMap(({ layout }) => layout ?? []))];
  const isOtherLayout = layouts.some((layout) => layout !== wishes.layout);
  return {
    wishes: {
      failOn: unless("fail-on", wishes.failOn, isLooser ? { than: decided } : null),
      postgres: unless("postgres", wishes.postgres, isOtherServer ? { than: config.postgres } : null),
      layout: unless("layout", wishes.layout, isOtherLayout ? { than: layouts.join(", ") } : null),
    },
    ignored,
  };
}
