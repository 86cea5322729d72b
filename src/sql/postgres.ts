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
  /** The PL/pgSQL functions of a CREATE FUNCTION or DO statement, as the parser's own tree. */
  parsePlPgSql(text: string): Promise<PlPgSqlAnswer>;
}

/** What PostgreSQL says of the body of a DO or CREATE FUNCTION statement. */
export type PlPgSqlAnswer =
  | { readonly kind: "parsed"; readonly functions: unknown }
  | { readonly kind: "refused"; readonly message: string };

/**
 * Compiles the grammar once. An instance of it is dropped after anything that is not an SQL error (an overflow of its stack, an
 * abort): it may answer nonsense afterwards. A new one takes about 10 ms.
 */
export function openGrammar(): Grammar {
  // V8 would compile the parser's one huge function with its optimising compiler: 0.3 s and 600 MB on Node 24, which no check ever
  // wins back (bench/README.md). Only function 0 may be optimised, which is an import: none is. The quick compiler's code stays.
  setFlagsFromString("--wasm-tier-up-filter=0");
  const compiled = new WebAssembly.Module(readFileSync(wasmPath()));
  let instance: Promise<PgQueryModule> | null = null;
  // The parser calls itself for each level of nesting; what a statement would do to the stack is only known by trying.
  const attempt = async <T>(work: (module: PgQueryModule) => T, gaveUp: (why: string) => T): Promise<T> => {
    instance ??= instantiate(compiled);
    const module = await instance;
    try {
      return work(module);
    } catch (thrown) {
      instance = null;
      // The factory sets the exit status when the parser exits by itself; that is not ours.
      process.exitCode = undefined;
      return gaveUp(thrown instanceof RangeError ? "it is nested too deeply" : "the parser ran out of memory");
    }
  };
  return {
    major: 18,
    parse: (text) =>
      attempt(
        (module) => parseWith(module, text),
        (why): ParserAnswer => ({ kind: "gave-up", why }),
      ),
    parsePlPgSql: (text) =>
      attempt(
        (module) => parsePlPgSqlWith(module, text),
        (why): PlPgSqlAnswer => ({ kind: "refused", message: why }),
      ),
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

function parsePlPgSqlWith(module: PgQueryModule, text: string): PlPgSqlAnswer {
  const size = module.lengthBytesUTF8(text) + 1;
  const query = module._malloc(size);
  module.stringToUTF8(text, query, size);
  const result = module._wasm_parse_plpgsql(query);
  const answer = module.UTF8ToString(result);
  module._free(query);
  module._wasm_free_string(result);
  // An answer is an object; anything else is the text of an error.
  if (!answer.startsWith("{")) return { kind: "refused", message: answer };
  return { kind: "parsed", functions: JSON.parse(answer) };
}
