import type { FileFacts } from "../facts/file.ts";
import type { Span } from "../sql/spans.ts";
import { statementsDigest } from "./digest.ts";
import { partsOf } from "./parts.ts";
import type { Script } from "./script.ts";

/** A script that can be applied, or why it cannot. */
export type Prepared =
  | { readonly kind: "script"; readonly script: Script }
  | { readonly kind: "refused"; readonly path: string; readonly at: Span | null; readonly why: string };

/** Makes a script of what is known of a file. */
export function scriptOf(file: FileFacts, digest: string): Prepared {
  const { path, migration, direction, statements, directives } = file;
  const longer = directives.find((each) => each.kind === "max-blocking");
  if (file.unreadable !== null) return { kind: "refused", path, at: null, why: file.unreadable };
  const cut = partsOf(file);
  if (cut.kind === "refused") return { kind: "refused", path, at: cut.at, why: cut.why };
  const texts = statements.map(({ statement }) => statement.sql);
  return {
    kind: "script",
    script: {
      ...{ version: migration.version, name: migration.name, path, direction, digest },
      parts: cut.parts,
      statements: statements.length,
      maxBlockingMs: longer?.kind === "max-blocking" ? longer.ms : null,
      doneDigest: (count) => (count === 0 ? null : statementsDigest(texts.slice(0, count))),
      leavesTraces: statements.some(({ actions }) => !actions.every(({ kind }) => leavesNoTrace.test(kind))),
    },
  };
}

/** Definitions of objects, which change nothing of the session; everything else may call a function that does. */
const leavesNoTrace =
  /^(create-(table|index|schema|sequence|type|enum|domain|function|procedure|trigger|view|policy|statistics)|alter-|add-|drop-|rename-|set-(default|not-null|statistics|storage)|comment|grant|revoke|validate-constraint|begin|commit|rollback)/;
