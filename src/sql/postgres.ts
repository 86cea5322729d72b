import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { setFlagsFromString } from "node:v8";
import type { Node } from "@pgsql/types";
import type { PgQueryModule } from "libpg-query/wasm/libpg-query.js";

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
  /** The statements of a text that this grammar has parsed before. */
  parseAgain(text: string): readonly RawStatement[];
  /** The PL/pgSQL functions of a CREATE FUNCTION or DO statement, as the parser's own tree. */
  parsePlPgSql(text: string): Promise<PlPgSqlAnswer>;
  /** The first newer major version whose grammar takes a text that this one refuses; null where none does. */
  worksFrom(text: string): Promise<number | null>;
}

/** What PostgreSQL says of the body of a DO or CREATE FUNCTION statement. */
export type PlPgSqlAnswer =
  | { readonly kind: "parsed"; readonly functions: unknown }
  | { readonly kind: "refused"; readonly message: string };

/** The grammars that ship; a server 14 is read with that of 15, the oldest that can be had. */
export const grammarVersions = [15, 16, 17, 18] as const;
export type GrammarVersion = (typeof grammarVersions)[number];

/** The grammar that reads the SQL of a server of this major version. */
export function grammarFor(major: number): GrammarVersion {
  return grammarVersions.find((version) => version >= major) ?? 18;
}

/**
 * A grammar, loaded and compiled when it is first asked. An instance of it is dropped after anything that is not an SQL error (an
 * overflow of its stack, an abort): it may answer nonsense afterwards. A new one takes about 10 ms.
 */
export function openGrammar(major: GrammarVersion = 18): Grammar {
  const parser = openParser(major);
  // Only the newest grammar can read PL/pgSQL; the language has not changed in what matters here.
  let newer: readonly Grammar[] | null = null;
  let bodies: Parser | null = major === 18 ? parser : null;
  return {
    major,
    parse: (text) =>
      parser.attempt(
        (module) => parseWith(module, text),
        (why): ParserAnswer => ({ kind: "gave-up", why }),
      ),
    parseAgain(text) {
      const answer = parser.repeat((module) => parseWith(module, text));
      if (answer.kind !== "parsed") throw new Error("The parser refuses a text that it has parsed before.");
      return answer.statements;
    },
    async worksFrom(text) {
      newer ??= grammarVersions.filter((version) => version > major).map((version) => openGrammar(version));
      for (const grammar of newer) {
        const answer = await grammar.parse(text);
        if (answer.kind === "parsed") return grammar.major;
      }
      return null;
    },
    parsePlPgSql(text) {
      bodies ??= openParser(18);
      return bodies.attempt(
        (module) => parsePlPgSqlWith(module, text),
        (why): PlPgSqlAnswer => ({ kind: "refused", message: why }),
      );
    },
  };
}

interface Parser {
  /** Calls into the parser; what a statement would do to its stack is only known by trying. */
  attempt<T>(work: (module: PgQueryModule) => T, gaveUp: (why: string) => T): Promise<T>;
  /** Calls into the parser again for what it could do before. */
  repeat<T>(work: (module: PgQueryModule) => T): T;
}

function openParser(major: GrammarVersion): Parser {
  let compiled: WebAssembly.Module | null = null;
  let instance: PgQueryModule | null = null;
  return {
    repeat(work) {
      if (instance === null) throw new Error("The parser was not loaded.");
      return work(instance);
    },
    async attempt(work, gaveUp) {
      if (compiled === null) {
        // V8 would compile the parser's one huge function with its optimising compiler: 0.3 s and 600 MB on Node 24, which no check
        // ever wins back (bench/README.md). Only function 0 may be optimised, which is an import: none is. The quick compiler's code
        // stays. What of the code is valid is looked at when it is called.
        setFlagsFromString("--wasm-tier-up-filter=0");
        setFlagsFromString("--wasm-lazy-validation");
        compiled = new WebAssembly.Module(readFileSync(wasmPath(major)));
      }
      instance ??= await instantiate(major, compiled);
      try {
        return work(instance);
      } catch (thrown) {
        instance = await instantiate(major, compiled);
        // The factory sets the exit status when the parser exits by itself; that is not ours.
        process.exitCode = undefined;
        return gaveUp(thrown instanceof RangeError ? "it is nested too deeply" : "the parser ran out of memory");
      }
    },
  };
}

/** Beside the bundle when this is the bundle, in the package when it runs from the sources. */
function wasmPath(major: GrammarVersion): string | URL {
  if (import.meta.url.endsWith(".js")) return new URL(`./libpg-query-${major}.wasm`, import.meta.url);
  const name = major === 18 ? "libpg-query" : `libpg-query-${major}`;
  return createRequire(import.meta.url).resolve(`${name}/wasm/libpg-query.wasm`);
}

async function instantiate(major: GrammarVersion, compiled: WebAssembly.Module): Promise<PgQueryModule> {
  const { default: factory } = await loaders[major]();
  return factory({
    instantiateWasm: (imports, done) => done(new WebAssembly.Instance(compiled, imports)),
    print: () => undefined,
    printErr: () => undefined,
  });
}

/** Each grammar's own loader, read only when it is asked for. */
const loaders = {
  15: () => import("libpg-query-15/wasm/libpg-query.js"),
  16: () => import("libpg-query-16/wasm/libpg-query.js"),
  17: () => import("libpg-query-17/wasm/libpg-query.js"),
  18: () => import("libpg-query/wasm/libpg-query.js"),
} as const;

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
