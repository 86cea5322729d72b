import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { setFlagsFromString } from "node:v8";
import type { Node } from "@pgsql/types";
import factory, { type PgQueryModule } from "libpg-query/wasm/libpg-query.js";

/** A statement as the parser gives it; both numbers are UTF-8 bytes, a missing length means to the end of the text. */
export interface RawStatement {
  readonly stmt?: Node;
  readonly stmt_location?: number;
  readonly stmt_len?: number;
}

/** What PostgreSQL's own parser says of a text. */
export type ParserAnswer =
  | { readonly kind: "parsed"; readonly statements: readonly RawStatement[] }
  /** The position is counted in code points from 0. */
  | { readonly kind: "syntax-error"; readonly message: string; readonly codePoint: number }
  /** The parser itself gave up (too deep, out of memory): nothing is known of the text. */
  | { readonly kind: "gave-up"; readonly why: string };

/** PostgreSQL's grammar of one major version. Texts must hold no NUL character: the parser would not see what follows it. */
export interface Grammar {
  readonly major: number;
  parse(text: string): Promise<ParserAnswer>;
}

/**
 * Compiles the grammar once. An instance of it is dropped after anything that is not an SQL error (an overflow of its stack, an
 * abort): it may answer nonsense afterwards. A new one takes about 10 ms.
 */
export function openGrammar(): Grammar {
  // Without this flag V8 optimises one huge function of the parser after its first calls and the process waits for that at its end.
  setFlagsFromString("--wasm-tiering-budget=2000000000");
  const compiled = new WebAssembly.Module(readFileSync(wasmPath()));
  let instance: Promise<PgQueryModule> | null = null;
  return {
    major: 18,
    async parse(text) {
      instance ??= instantiate(compiled);
      const module = await instance;
      // The parser calls itself for each level of nesting; what this statement would do to the stack is only known by trying.
      try {
        return parseWith(module, text);
      } catch (thrown) {
        instance = null;
        // The factory sets the exit status when the parser exits by itself; that is not ours.
        process.exitCode = undefined;
        return {
          kind: "gave-up",
          why: thrown instanceof RangeError ? "it is nested too deeply" : "the parser ran out of memory",
        };
      }
    },
  };
}

/** Beside the bundle when this is the bundle, in the package when it runs from the sources. */
function wasmPath(): string | URL {
  const beside = new URL("./libpg-query-18.wasm", import.meta.url);
  if (import.meta.url.endsWith(".js")) return beside;
  return createRequire(import.meta.url).resolve("libpg-query/wasm/libpg-query.wasm");
}

function instantiate(compiled: WebAssembly.Module): Promise<PgQueryModule> {
  return factory({
    instantiateWasm: (imports, done) => done(new WebAssembly.Instance(compiled, imports)),
    print: () => undefined,
    printErr: () => undefined,
  });
}

function parseWith(module: PgQueryModule, text: string): ParserAnswer {
  const size = module.lengthBytesUTF8(text) + 1;
  const query = module._malloc(size);
  module.stringToUTF8(text, query, size);
  const result = module._wasm_parse_query_raw(query);
  if (result === 0) throw new Error("no result");
  // struct PgQueryParseResult { char* parse_tree; char* stderr_buffer; PgQueryError* error; }
  const error = module.getValue(result + 8, "i32");
  const tree = module.getValue(result, "i32");
  // struct PgQueryError { char* message; char* funcname; char* filename; int lineno; int cursorpos; char* context; }
  const answer: ParserAnswer =
    error === 0
      ? {
          kind: "parsed",
          statements: (JSON.parse(module.UTF8ToString(tree)) as { stmts?: RawStatement[] }).stmts ?? [],
        }
      : {
          kind: "syntax-error",
          message: module.UTF8ToString(module.getValue(error, "i32")),
          codePoint: Math.max(0, module.getValue(error + 16, "i32") - 1),
        };
  module._free(query);
  module._wasm_free_parse_result(result);
  return answer;
}
