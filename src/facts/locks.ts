/** PostgreSQL's eight table-level lock modes, weakest first (https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES). */
export const lockModes = [
  "ACCESS SHARE",
  "ROW SHARE",
  "ROW EXCLUSIVE",
  "SHARE UPDATE EXCLUSIVE",
  "SHARE",
  "SHARE ROW EXCLUSIVE",
  "EXCLUSIVE",
  "ACCESS EXCLUSIVE",
] as const;

export type LockMode = (typeof lockModes)[number];

/** Whether the first mode is at least as strong as the second, in the order of the documentation's table. */
export function atLeast(mode: LockMode, floor: LockMode): boolean {
  return lockModes.indexOf(mode) >= lockModes.indexOf(floor);
}

/** The stronger of two modes. */
export function stronger(a: LockMode, b: LockMode): LockMode {
  return atLeast(a, b) ? a : b;
}

/** Whether INSERT, UPDATE and DELETE wait while this mode is held: it conflicts with ROW EXCLUSIVE. */
export function blocksWrites(mode: LockMode): boolean {
  return atLeast(mode, "SHARE");
}

/** Whether a plain SELECT waits while this mode is held: only ACCESS EXCLUSIVE conflicts with ACCESS SHARE. */
export function blocksReads(mode: LockMode): boolean {
  return mode === "ACCESS EXCLUSIVE";
}

/** With which modes each conflicts: who asks for the one waits while another session holds the other (the documentation's table 13.2). */
const conflicting: Readonly<Record<LockMode, readonly LockMode[]>> = {
  "ACCESS SHARE": ["ACCESS EXCLUSIVE"],
  "ROW SHARE": ["EXCLUSIVE", "ACCESS EXCLUSIVE"],
  "ROW EXCLUSIVE": ["SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE", "ACCESS EXCLUSIVE"],
  "SHARE UPDATE EXCLUSIVE": [
    ...(["SHARE UPDATE EXCLUSIVE", "SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE", "ACCESS EXCLUSIVE"] as const),
  ],
  SHARE: ["ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE", "ACCESS EXCLUSIVE"],
  "SHARE ROW EXCLUSIVE": [
    ...(["ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE", "SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE"] as const),
    "ACCESS EXCLUSIVE",
  ],
  EXCLUSIVE: lockModes.slice(1),
  "ACCESS EXCLUSIVE": lockModes,
};

/** The modes that a session has to wait for when it asks for this one. */
export function conflictsOf(mode: LockMode): readonly LockMode[] {
  return conflicting[mode];
}
