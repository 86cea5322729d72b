import type { Database, PostgresVersion } from "../config/config.ts";
import type { MutableCatalog } from "../facts/catalog.ts";
import type { StatementFacts, TransactionModel } from "../facts/facts.ts";
import { gather } from "../facts/gather.ts";
import { readBodies } from "../facts/routines.ts";
import type { SetState } from "../facts/session.ts";
import { type Directive, readDirectives } from "../sql/comments.ts";
import type { Dialect } from "../sql/dialects/dialect.ts";
import { readScript } from "../sql/parse.ts";
import type { Grammar } from "../sql/postgres.ts";
import { type Lines, linesOf } from "../sql/spans.ts";

/** Reads the SQL of one database. */
export interface SqlReader {
  /** @param lines those of the file as it is written, where the text is not that. */
  read(text: string, lines?: Lines): Promise<ReadScript>;
}

/** What a script finds. */
export interface Before {
  readonly catalog: MutableCatalog;
  readonly set: SetState;
  /** How its statements reach the server. */
  readonly model: TransactionModel;
}

/** A script as it was read. */
export interface ReadScript {
  /** What its author tells Lockkeeper in comments. */
  readonly directives: readonly Directive[];
  /** What its statements do; the catalog is as the earlier migrations left it, and takes in what this script changes. */
  facts(before: Before): Promise<StatementFacts[]>;
}

export interface ReaderOptions {
  readonly postgres: PostgresVersion;
  /** Opened when the first file is read. */
  readonly grammar: () => Grammar;
}

/** The reader of a database's SQL. */
export async function readerOf(dialect: Database, options: ReaderOptions): Promise<SqlReader> {
  return dialect === "postgresql" ? postgresReader(options) : dialectReader(dialect);
}

function postgresReader({ postgres, grammar }: ReaderOptions): SqlReader {
  return {
    async read(text, lines = linesOf(text)) {
      const script = await readScript(text, grammar(), lines);
      return {
        directives: readDirectives(script),
        async facts({ catalog, set, model }) {
          await readBodies(script, catalog);
          return gather(script, { catalog, set, model, major: postgres });
        },
      };
    },
  };
}

/** Loaded here, so that a project with PostgreSQL alone does not pay for it. */
async function dialectReader(dialect: Dialect): Promise<SqlReader> {
  const [{ readDialectScript }, { gatherDialect }] = await Promise.all([
    import("../sql/dialects/read.ts"),
    import("../facts/dialects/gather.ts"),
  ]);
  return {
    async read(text, lines) {
      const script = await readDialectScript(text, dialect, lines);
      return {
        directives: readDirectives(script, script.comments),
        facts: async ({ catalog, set }) => gatherDialect(script, { catalog, set, dialect }),
      };
    },
  };
}
