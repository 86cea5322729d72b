import { readSync } from "node:fs";
import type { FileContent } from "../ports.ts";
import { maxFileBytes } from "./files.ts";
import { codeOf, whyUnreadable } from "./reasons.ts";

/** Everything that comes through standard input, up to the size of the largest file that is read. */
export function readStandardInput(): FileContent {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for (;;) {
      const chunk = Buffer.allocUnsafe(65_536);
      const read = readChunk(chunk);
      if (read === 0) return { kind: "bytes", bytes: Buffer.concat(chunks) };
      size += read;
      if (size > maxFileBytes)
        return { kind: "unreadable", why: `is too large: more than ${maxFileBytes / 1024 / 1024} MiB` };
      chunks.push(chunk.subarray(0, read));
    }
  } catch (error) {
    return { kind: "unreadable", why: whyUnreadable(error) };
  }
}

/** A pipe that another program has made non-blocking says "again" until there is something to read. */
function readChunk(chunk: Buffer): number {
  for (;;) {
    try {
      return readSync(0, chunk, 0, chunk.length, null);
    } catch (error) {
      if (codeOf(error) === "EOF") return 0;
      if (codeOf(error) !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
}
