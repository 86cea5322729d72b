import type { Node } from "./nodes.ts";
import type { Statement } from "./script.ts";

/** A part of a large text that was parsed together, and where it starts. */
export interface Part {
  readonly text: string;
  readonly base: number;
}

/** Makes the statements of a large text, by their number in their part, without their trees. */
export type TreelessStatements = (written: Omit<Statement, "kind" | "node">, part: Part, index: number) => Statement;

/**
 * Statements of a large text. Their trees are many times its size, so only those of the part that was asked for last are kept, and
 * those of another one are read again. Whoever goes through the statements in order has each part read once.
 */
export function treelessStatements(read: (part: Part) => readonly Node[]): TreelessStatements {
  let kept: { readonly part: Part; readonly nodes: readonly Node[] } | null = null;
  // One getter for all of them: one in each would be most of what is kept of a statement.
  const shared = {
    kind: "statement",
    part: { text: "", base: 0 },
    index: 0,
    get node(): Node {
      if (kept?.part !== this.part) kept = { part: this.part, nodes: read(this.part) };
      const node = kept.nodes[this.index];
      if (node === undefined) throw new Error(`The parser has read the text at ${this.part.base} in two ways.`);
      return node;
    },
  } as const;
  return (written, part, index) => Object.assign(Object.create(shared), written, { part, index });
}
