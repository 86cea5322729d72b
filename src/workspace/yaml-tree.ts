import { isAlias, isMap, isScalar, isSeq, type Node, type Scalar, type YAMLMap, type YAMLSeq } from "yaml";
import { oneLine } from "./reasons.ts";

/** A value of the file with the places of everything in it. Offsets count UTF-16 units from the start of the text. */
export interface Located {
  /** Undefined where something was refused. */
  readonly value: unknown;
  readonly offset: number;
  /** Nothing is written there: the value of `key:`. */
  readonly blank: boolean;
  readonly children: ReadonlyMap<string | number, Child>;
  /** How many values it is when every alias in it is written out. */
  readonly size: number;
}

interface Child {
  readonly keyOffset: number;
  readonly node: Located;
}

/** Something refused; its message may name another line. */
export interface TreeProblem {
  readonly offset: number;
  readonly message: (positionOf: (offset: number) => { readonly line: number }) => string;
}

/** The YAML reader's tree as a plain value, with its places and with what is refused in it: tags, aliases, keys written twice. */
export function locate(contents: Node | null): { readonly node: Located; readonly problems: readonly TreeProblem[] } {
  const state: State = { problems: [], anchors: new Map(), unfolded: 0 };
  return { node: locateNode(contents, 0, state), problems: state.problems };
}

interface State {
  readonly problems: TreeProblem[];
  /** "open" while the anchored value is still being read: an alias in there would lead into itself. */
  readonly anchors: Map<string, Located | "open">;
  /** Values that the aliases stand for, so far. */
  unfolded: number;
}

/** The tags of plain YAML; the rest (sets, binaries, dates, an application's own) have no place in a config. */
const plainTags = new Set(
  ["str", "int", "float", "bool", "null", "map", "seq"].map((tag) => `tag:yaml.org,2002:${tag}`),
);

function locateNode(node: unknown, parentOffset: number, state: State): Located {
  if (isAlias(node)) return locateAlias(node.source, node.range?.[0] ?? parentOffset, state);
  if (!isScalar(node) && !isMap(node) && !isSeq(node)) return leaf({ value: null, offset: parentOffset, blank: true });
  const offset = node.range?.[0] ?? parentOffset;
  if (node.anchor !== undefined) state.anchors.set(node.anchor, "open");
  const located = refusedTag(node.tag) ? refuseTag(node.tag, offset, state) : locatePlain(node, offset, state);
  if (node.anchor !== undefined) state.anchors.set(node.anchor, located);
  return located;
}

function locatePlain(node: Scalar | YAMLMap | YAMLSeq, offset: number, state: State): Located {
  if (isMap(node)) return locateMap(node, offset, state);
  if (isSeq(node)) return locateList(node, offset, state);
  return leaf({ value: node.value, offset, blank: node.value === null && node.source === "" });
}

function refusedTag(tag: string | undefined): tag is string {
  return tag !== undefined && !plainTags.has(tag);
}

function refuseTag(tag: string, offset: number, state: State): Located {
  // The reader has already told those that it does not know itself.
  if (knownToReader.test(tag)) {
    const short = oneLine(tag.replace("tag:yaml.org,2002:", "!!"));
    refuse(state, offset, `the tag ${short} has no place in a config file: write the value without it`);
  }
  return leaf({ value: undefined, offset, blank: false });
}

const knownToReader = /^tag:yaml\.org,2002:(?:binary|merge|omap|pairs|set|timestamp)$/;

/** As many values as aliases may stand for: a few lines of them can otherwise stand for more than any memory holds. */
const maxUnfolded = 10_000;

function locateAlias(name: string, offset: number, state: State): Located {
  const target = state.anchors.get(name);
  const alias = `*${oneLine(name)}`;
  if (target === undefined) {
    refuse(state, offset, `the alias ${alias} stands for nothing: there is no &${oneLine(name)} before it`);
  } else if (target === "open") {
    refuse(state, offset, `the alias ${alias} leads into itself`);
  } else {
    const before = state.unfolded;
    state.unfolded += target.size;
    if (state.unfolded <= maxUnfolded) return { ...target, offset, blank: false };
    const limit = maxUnfolded.toLocaleString("en-US");
    const message = `the aliases up to ${alias} stand for more than ${limit} values: write out what is meant`;
    if (before <= maxUnfolded) refuse(state, offset, message);
  }
  return leaf({ value: undefined, offset, blank: false });
}

function locateList(list: YAMLSeq, offset: number, state: State): Located {
  const nodes = list.items.map((item) => locateNode(item, offset, state));
  const children = new Map(nodes.map((node, index) => [index, { keyOffset: node.offset, node }]));
  return { value: nodes.map(({ value }) => value), offset, blank: false, children, size: 1 + sizeOf(nodes) };
}

function locateMap(map: YAMLMap, offset: number, state: State): Located {
  const children = new Map<string, Child>();
  const merged: Located[] = [];
  const firsts = new Map<string, number>();
  for (const pair of map.items) {
    const key = locateNode(pair.key, offset, state);
    const node = locateNode(pair.value, key.offset, state);
    const name = keyName(pair.key, key);
    if (name === null) {
      if (key.value !== undefined) refuse(state, key.offset, "a key must be one word, not a list, a map or nothing");
      continue;
    }
    const first = firsts.get(name);
    if (first !== undefined) {
      const message = (line: number) => `the key "${oneLine(name)}" is written twice: line ${line} has it already`;
      state.problems.push({ offset: key.offset, message: (positionOf) => message(positionOf(first).line) });
      continue;
    }
    firsts.set(name, key.offset);
    if (isMergeKey(pair.key)) merged.push(...mergeSources(node, state));
    else children.set(name, { keyOffset: key.offset, node });
  }
  for (const source of merged) {
    for (const [name, child] of source.children) {
      if (typeof name === "string" && !children.has(name)) children.set(name, child);
    }
  }
  const value: Record<string, unknown> = Object.create(null);
  for (const [name, { node }] of children) value[name] = node.value;
  return { value, offset, blank: false, children, size: 1 + sizeOf([...children.values()].map(({ node }) => node)) };
}

/** A key as the text that a user sees: `18` and `off` are words too. */
function keyName(node: unknown, key: Located): string | null {
  if (typeof key.value === "string") return key.value;
  if (isScalar(node) && node.source !== undefined && node.source !== "" && key.value !== undefined) return node.source;
  return null;
}

/** `<<: *other` takes over the keys of the other map that are not written here. */
function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.type === "PLAIN" && key.source === "<<";
}

function mergeSources(node: Located, state: State): readonly Located[] {
  const isMapNode = (one: Located) => typeof one.value === "object" && one.value !== null && !Array.isArray(one.value);
  const sources = Array.isArray(node.value) ? [...node.children.values()].map((child) => child.node) : [node];
  if (sources.every((source) => isMapNode(source) || source.value === undefined)) return sources.filter(isMapNode);
  refuse(state, node.offset, "<< takes a map, or a list of maps: `<<: *name`");
  return [];
}

function leaf(node: Pick<Located, "value" | "offset" | "blank">): Located {
  return { ...node, children: new Map(), size: 1 };
}

function sizeOf(nodes: readonly Located[]): number {
  return nodes.reduce((sum, { size }) => sum + size, 0);
}

function refuse(state: State, offset: number, message: string): void {
  state.problems.push({ offset, message: () => message });
}
