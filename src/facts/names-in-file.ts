import { key, type Relation } from "../sql/names.ts";
import type { ActionBody } from "./actions.ts";
import type { StatementFacts } from "./facts.ts";

/** What a file does to names: to which of its transactions each statement belongs, and which names are made and freed where. */
export interface NamesInFile {
  /** Whether the name was made before this statement, anywhere in the file. */
  madeBefore(name: string, at: number): boolean;
  /** Whether the name is made again after this statement, before its transaction ends. */
  madeAgain(name: string, at: number): boolean;
  /** Whether the transaction has taken the name from what had it, before this statement. */
  freedBefore(name: string, at: number): boolean;
}

/** The name under which a table or view, or one of its columns, is kept here. */
export function nameOf(of: Relation, column?: string): string {
  return column === undefined ? key(of) : `${key(of)}\u0001${column}`;
}

/** Goes over a file once. */
export function namesIn(statements: readonly StatementFacts[]): NamesInFile {
  const transactions: number[] = [];
  const made = new Map<string, number[]>();
  const freed = new Map<string, number[]>();
  let transaction = 0;
  for (const [at, { actions, before }] of statements.entries()) {
    transactions.push(transaction);
    for (const action of actions) {
      const change = changeOf(action);
      if (change.made !== undefined) note(made, change.made, at);
      if (change.freed !== undefined) note(freed, change.freed, at);
      if (action.kind === "commit" || action.kind === "rollback") transaction++;
    }
    if (!before.inTransaction) transaction++;
  }
  const isSame = (at: number, other: number): boolean => transactions[at] === transactions[other];
  return {
    madeBefore: (name, at) => (made.get(name) ?? []).some((each) => each < at),
    madeAgain: (name, at) => (made.get(name) ?? []).some((each) => each > at && isSame(each, at)),
    freedBefore: (name, at) => (freed.get(name) ?? []).some((each) => each < at && isSame(each, at)),
  };
}

function note(into: Map<string, number[]>, name: string, at: number): void {
  const known = into.get(name);
  if (known === undefined) into.set(name, [at]);
  else known.push(at);
}

function changeOf(action: ActionBody): { readonly made?: string; readonly freed?: string } {
  switch (action.kind) {
    case "create-table":
      return { made: nameOf(action.table) };
    case "create-view":
    case "create-materialized-view":
      return { made: nameOf(action.view) };
    case "drop-table":
      return { freed: nameOf(action.table) };
    case "drop-view":
    case "drop-materialized-view":
      return { freed: nameOf(action.view) };
    case "rename-table":
      return { made: nameOf(action.to), freed: nameOf(action.table) };
    case "rename-view":
      return { made: nameOf(action.to), freed: nameOf(action.view) };
    case "add-column":
      return { made: nameOf(action.table, action.column) };
    case "drop-column":
      return { freed: nameOf(action.table, action.column) };
    case "rename-column":
      return { made: nameOf(action.table, action.to), freed: nameOf(action.table, action.column) };
    default:
      return {};
  }
}
