/** Aborted when the run is to end: Ctrl-C, or a cancelled job, which sends SIGINT and 7.5 seconds later SIGTERM. */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.on(name, () => {
      if (!controller.signal.aborted) process.stderr.write(`${name}: stopping.\n`);
      controller.abort();
    });
  }
  return controller.signal;
}
