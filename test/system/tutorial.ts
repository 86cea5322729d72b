/** A page of documentation whose blocks are run: text, and blocks with a directive in a comment above them. */
export type Part =
  | { readonly kind: "text"; readonly text: string }
  /** `write: path`: the block is a file. */
  | { readonly kind: "write"; readonly path: string; readonly content: string; readonly text: string }
  /** `remove: path`. */
  | { readonly kind: "remove"; readonly path: string; readonly text: string }
  /** `run`: commands after `$ `, each with what it prints. */
  | { readonly kind: "run"; readonly commands: readonly string[]; readonly shown: string; readonly head: string }
  /** `step: name`: what the log of a step has. */
  | { readonly kind: "step"; readonly name: string; readonly shown: string; readonly head: string };

const directive = /<!-- (write|run|step|remove)(?:: (.*?))? -->\n(?:(```(\w+)\n)([\s\S]*?)```\n)?/g;

/** The parts of a page, in order; put together again they are the page. */
export function partsOf(page: string): readonly Part[] {
  const parts: Part[] = [];
  let end = 0;
  for (const match of page.matchAll(directive)) {
    const [text, word, argument = "", fence = "", , block = ""] = match;
    if (match.index > end) parts.push({ kind: "text", text: page.slice(end, match.index) });
    end = match.index + text.length;
    const head = text.slice(0, text.indexOf(fence) + fence.length);
    if (word === "write") parts.push({ kind: "write", path: argument, content: block, text });
    else if (word === "remove") parts.push({ kind: "remove", path: argument, text });
    else if (word === "step") parts.push({ kind: "step", name: argument, shown: block, head });
    else {
      const commands = block.split("\n").flatMap((line) => (line.startsWith("$ ") ? [line.slice(2)] : []));
      parts.push({ kind: "run", commands, shown: block, head });
    }
  }
  parts.push({ kind: "text", text: page.slice(end) });
  return parts;
}

/** What differs from run to run, put out of the way. */
export function steady(text: string): string {
  return text
    .replaceAll(/\b[0-9a-f]{64}\b/g, "<digest>")
    .replaceAll(/\bcommit [0-9a-f]{12}\b/g, "commit <commit>")
    .replaceAll(/\d{8}T\d{6}Z-shop-[0-9a-f]{8}/g, "<backup>")
    .replaceAll(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z| UTC)?/g, "<time>")
    .replaceAll(/\b\d+(?:\.\d+)? ?(?:ms|s|kB|B|bytes)\b/g, "<size>")
    .replaceAll(/\b(?:PostgreSQL|pg_dump) \d+(?:\.\d+)?\b/g, "<version>")
    .replaceAll(/ +/g, " ");
}
