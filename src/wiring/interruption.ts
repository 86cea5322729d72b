/** What happens when the run is to end. */
export interface Ending {
  /** What is said at once, after the name of the signal: "stopping". */
  readonly words: string;
  readonly say: (line: string) => void;
  /** What has to be reached before the process ends itself; null: it does not. */
  readonly lastMoment: (() => Promise<void>) | null;
}

/** A cancelled job has 7.5 seconds: what is not over by then is left to the server, which notices that we are gone. */
const lastMomentMs = 4_800;
/** For what is being printed. */
const lastWordsMs = 200;

/** Aborted when the run is to end: Ctrl-C, or a cancelled job, which sends SIGINT and 7.5 seconds later SIGTERM. */
export function interruption({ words, say, lastMoment }: Ending): AbortSignal {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) return;
      say(`${name}: ${words}.`);
      controller.abort();
      if (lastMoment === null) return;
      const end = (): void => {
        setTimeout(() => process.exit(3), lastWordsMs);
      };
      setTimeout(() => void lastMoment().finally(end), lastMomentMs).unref();
    });
  }
  return controller.signal;
}
