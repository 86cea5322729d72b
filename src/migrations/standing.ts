import type { Migration } from "./migration.ts";
import type { AppliedVersion, JournalEntry, LedgerState } from "./recorded.ts";

/** Where one version stands. */
export type Standing =
  | "applied"
  | "pending"
  /** Pending, and sorts before something that is applied. */
  | "out-of-order"
  /** Applied, and the file is not what was applied. */
  | "edited"
  /** Applied, and there is no file. */
  | "missing"
  /** The ledger counts it as applied without a row of its own, and Lockkeeper, which applied the ones around it, did not apply this one. */
  | "unrecorded"
  /** Begun and not finished: somebody has to decide what is in the database. */
  | "unfinished";

/** One version of a directory or of its ledger. */
export interface HistoryEntry {
  readonly version: string;
  readonly standing: Standing;
  /** Null where there is no file. */
  readonly migration: Migration | null;
  readonly appliedAt: Date | null;
  /** For an edited one, both checksums or digests: that of then and that of now. */
  readonly changed: { readonly was: string; readonly is: string } | null;
  /** A repeatable migration that was applied and has changed: it is pending again. */
  readonly again: boolean;
}

export interface HistoryOptions {
  /** Sorted as the tool sorts them; with an up script. */
  readonly migrations: readonly Migration[];
  readonly ledger: LedgerState;
  /** Of this ledger, the oldest first. */
  readonly journal: readonly JournalEntry[];
  /** As the layout orders versions; two spellings of one version have one order. */
  order(version: string): bigint | string;
  /** The version that a migration has in the ledger, where that is not the one of its name. */
  recordedAs?(migration: Migration): string;
  /** The recorded checksum where it is one of the migration's, otherwise the one that the ledger would record; null where it keeps none. */
  checksum(migration: Migration, recorded: string): string | null;
  /** The digest of the migration's scripts, as the journal has it. */
  digest(migration: Migration): string;
}

/** The files of a directory against what is recorded, in the order of the versions. */
export function historyOf(options: HistoryOptions): readonly HistoryEntry[] {
  const { migrations, ledger, recordedAs = ({ version }) => version } = options;
  const order = safely(options.order);
  const journal = lastWords(options.journal, order);
  const recorded = new Map(ledger.applied.map((each) => [order(each.version), each]));
  const entries: Placed[] = [];
  const known = new Set<Order>();
  const dirty = ledger.dirty === null ? null : order(ledger.dirty);
  const upTo = ledger.upTo === null ? null : order(ledger.upTo);
  for (const migration of migrations) {
    const place = order(recordedAs(migration));
    known.add(place);
    const said = journal.get(place) ?? null;
    const row = recorded.get(place) ?? null;
    const covered = upTo !== null && !before(upTo, place) && said?.kind !== "reverted";
    const entry = { place, version: migration.version, migration, appliedAt: row?.appliedAt ?? said?.at ?? null };
    if (said?.kind === "unfinished" || (dirty !== null && place === dirty)) {
      entries.push({ ...entry, standing: "unfinished", changed: null, again: false });
    } else if (row === null && !covered) {
      entries.push({ ...entry, appliedAt: null, standing: "pending", changed: null, again: false });
    } else {
      const changed = changeOf(migration, { row, said, options });
      const again = changed !== null && isRepeatable(migration);
      const standing = again ? "pending" : changed !== null ? "edited" : "applied";
      entries.push({ ...entry, standing, changed: again ? null : changed, again });
    }
  }
  return [
    ...withSkipped(withOutOfOrder(entries, newestOf(recorded, upTo)), journal, recorded).map(withoutPlace),
    ...[...recorded]
      .filter(([place]) => !known.has(place))
      .map(([, { version, appliedAt }]) => missing(version, appliedAt)),
  ];
}

type Order = bigint | string;
/** With its place in the order of the ledger. */
type Placed = HistoryEntry & { readonly place: Order };

function withoutPlace({ place: _place, ...entry }: Placed): HistoryEntry {
  return entry;
}

function missing(version: string, appliedAt: Date | null): HistoryEntry {
  return { version, standing: "missing", migration: null, appliedAt, changed: null, again: false };
}

/** Ledgers hold what others wrote: what is no version of the layout is one of its own. */
function safely(order: (version: string) => Order): (version: string) => Order {
  return (version) => {
    try {
      return order(version);
    } catch {
      return `?${version}`;
    }
  };
}

/** Numbers among themselves, texts among themselves; what is no version comes last. */
function before(a: Order, b: Order): boolean {
  return typeof a === typeof b ? a < b : typeof a === "bigint";
}

interface LastWord {
  /** settled: a person has said what is in the database, and the ledger has it. */
  readonly kind: "applied" | "reverted" | "unfinished" | "settled";
  readonly digest: string;
  readonly at: Date | null;
}

/** What the journal says last of each version; an attempt that was undone says nothing. */
function lastWords(journal: readonly JournalEntry[], order: (version: string) => Order): Map<Order, LastWord> {
  const last = new Map<Order, LastWord>();
  for (const { version, digest, direction, status, finishedAt } of journal) {
    const place = order(version);
    if (status === "undone") continue;
    if (status === "resolved") {
      last.set(place, { kind: "settled", digest, at: finishedAt });
    } else if (status === "applied") {
      last.set(place, { kind: direction === "up" ? "applied" : "reverted", digest, at: finishedAt });
    } else {
      last.set(place, { kind: "unfinished", digest, at: null });
    }
  }
  return last;
}

/** Flyway's R__: it has no place in the order, and runs again whenever it has changed. */
function isRepeatable({ version }: Migration): boolean {
  return version.startsWith("R__");
}

/** The ledger's own checksum decides; where it keeps none, the digest that the journal has. */
function changeOf(
  migration: Migration,
  { row, said, options }: { row: AppliedVersion | null; said: LastWord | null; options: HistoryOptions },
): HistoryEntry["changed"] {
  if (row !== null && row.checksum !== null) {
    const is = options.checksum(migration, row.checksum);
    return is === null || is === row.checksum ? null : { was: row.checksum, is };
  }
  if (said?.kind !== "applied" || said.digest === "") return null;
  const is = options.digest(migration);
  return is === said.digest ? null : { was: said.digest, is };
}

/** The newest version that is applied; null where there is none. Repeatable ones have no place. */
function newestOf(recorded: ReadonlyMap<Order, AppliedVersion>, upTo: Order | null): Order | null {
  let newest = upTo;
  for (const [place, { version }] of recorded) {
    if (version.startsWith("R__")) continue;
    if (newest === null || before(newest, place)) newest = place;
  }
  return newest;
}

function withOutOfOrder(entries: readonly Placed[], newest: Order | null): readonly Placed[] {
  return entries.map((entry) => {
    const isLate = entry.standing === "pending" && !entry.again && newest !== null && before(entry.place, newest);
    return isLate ? { ...entry, standing: "out-of-order" } : entry;
  });
}

/** Between two that Lockkeeper applied, one that it did not, and that has no row: golang-migrate steps over a file that came late. */
function withSkipped(
  entries: readonly Placed[],
  journal: ReadonlyMap<Order, LastWord>,
  recorded: ReadonlyMap<Order, AppliedVersion>,
): readonly Placed[] {
  const ours = entries.map(({ place }) => journal.get(place)?.kind === "applied");
  const [first, last] = [ours.indexOf(true), ours.lastIndexOf(true)];
  return entries.map((entry, i) => {
    const isBetween = first < i && i < last && !journal.has(entry.place);
    if (!isBetween || entry.standing !== "applied" || recorded.has(entry.place)) return entry;
    return { ...entry, standing: "unrecorded" };
  });
}
