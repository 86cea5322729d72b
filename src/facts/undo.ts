import type { ActionBody } from "./actions.ts";
import type { MutableCatalog } from "./catalog.ts";
import { copyCatalog, restoreCatalog } from "./catalog-copy.ts";
import type { KeptSession, SessionState } from "./session.ts";

/** Puts back what ROLLBACK undoes. */
export interface Undo {
  /** Before an action runs: keeps the state at BEGIN and SAVEPOINT, brings it back at ROLLBACK. */
  before(action: ActionBody): void;
}

interface Kept {
  /** Null for the transaction itself. */
  readonly savepoint: string | null;
  readonly catalog: MutableCatalog;
  readonly session: KeptSession;
}

/** Nothing is kept for a script that never rolls back, which is nearly every one: a copy of the catalog is not free. */
export function undoFor(text: string, catalog: MutableCatalog, session: SessionState): Undo {
  if (!/\b(?:rollback|abort)\b/i.test(text)) return { before: () => undefined };
  let kept: Kept[] = [];
  const keep = (savepoint: string | null): void => {
    kept.push({ savepoint, catalog: copyCatalog(catalog), session: session.keep() });
  };
  const restore = (to: Kept | undefined): void => {
    if (to === undefined) return;
    restoreCatalog(catalog, to.catalog);
    session.restore(to.session);
  };
  // A transaction that the file did not begin itself is undone by ROLLBACK as well.
  keep(null);
  return {
    before(action) {
      switch (action.kind) {
        case "begin":
        case "commit":
          kept = [];
          keep(null);
          return;
        case "savepoint":
          keep(action.name);
          return;
        case "release":
          kept = kept.slice(0, lastOf(kept, action.name));
          return;
        case "rollback-to": {
          const at = lastOf(kept, action.name);
          restore(kept[at]);
          kept = kept.slice(0, at + 1);
          return;
        }
        case "rollback":
          restore(kept[0]);
          kept = [];
          keep(null);
          return;
        default:
          return;
      }
    },
  };
}

function lastOf(kept: readonly Kept[], savepoint: string): number {
  const found = kept.findLastIndex((each) => each.savepoint === savepoint);
  return found === -1 ? kept.length : found;
}
