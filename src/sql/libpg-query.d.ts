/** The emscripten factory inside the npm package libpg-query; only what postgres.ts calls. */
declare module "libpg-query/wasm/libpg-query.js" {
  export interface PgQueryModule {
    _malloc(bytes: number): number;
    _free(pointer: number): void;
    _wasm_parse_query_raw(query: number): number;
    _wasm_free_parse_result(result: number): void;
    _wasm_parse_plpgsql(query: number): number;
    _wasm_free_string(pointer: number): void;
    lengthBytesUTF8(text: string): number;
    stringToUTF8(text: string, pointer: number, bytes: number): void;
    UTF8ToString(pointer: number): string;
    getValue(pointer: number, type: "i32"): number;
  }
  type Instantiate = (imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void) => void;
  export default function factory(options: {
    instantiateWasm?: Instantiate;
    print?: (line: string) => void;
    printErr?: (line: string) => void;
  }): Promise<PgQueryModule>;
}

declare module "libpg-query-15/wasm/libpg-query.js" {
  export { default } from "libpg-query/wasm/libpg-query.js";
}

declare module "libpg-query-16/wasm/libpg-query.js" {
  export { default } from "libpg-query/wasm/libpg-query.js";
}

declare module "libpg-query-17/wasm/libpg-query.js" {
  export { default } from "libpg-query/wasm/libpg-query.js";
}

/** Node has WebAssembly; the type library without a browser's window does not. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Instance {
    constructor(module: Module, imports: Imports);
  }
  interface Imports {
    readonly [module: string]: unknown;
  }
}
