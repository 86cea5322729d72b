import { isMap } from "../config/words.ts";
import { UserError } from "../errors.ts";

/** What stands at a path of a value of unknown shape; undefined where there is nothing. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let found = value;
  for (const key of path) {
    if (Array.isArray(found) && typeof key === "number") found = found[key];
    else if (isMap(found) && Object.hasOwn(found, key)) found = Reflect.get(found, key);
    else return undefined;
  }
  return found;
}

/** The text there. Throws UserError: the runner has written something else than GitHub describes. */
export function textAt(value: unknown, ...path: readonly (string | number)[]): string {
  const found = at(value, ...path);
  if (typeof found === "string") return found;
  throw unexpected(path, "text");
}

/** The whole number there. Throws UserError. */
export function numberAt(value: unknown, ...path: readonly (string | number)[]): number {
  const found = at(value, ...path);
  if (typeof found === "number" && Number.isSafeInteger(found)) return found;
  throw unexpected(path, "number");
}

/** The list there, empty where there is none. */
export function listAt(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

function unexpected(path: readonly (string | number)[], what: string): UserError {
  return new UserError("event-unreadable", `The event that started this run has no ${what} at ${path.join(".")}.`, {
    hint: "leave GITHUB_EVENT_PATH as the runner sets it.",
  });
}
