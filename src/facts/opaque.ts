import type { ActionOf, OpaqueReason } from "./actions.ts";

/** An action of which nothing is known; it may have changed any table, unless it is known to keep the catalog as it is. */
export function opaque(reason: OpaqueReason, what: string, { keepsCatalog = false } = {}): ActionOf<"opaque"> {
  return { kind: "opaque", reason, what, keepsCatalog };
}
