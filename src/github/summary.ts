import { appendFileSync, statSync } from "node:fs";

/** GitHub's limit for a step. Above it the whole summary is dropped, and the step stays as green as it was. */
const limitBytes = 1024 * 1024;
/** With less room than this there would be a verdict with nothing to show for it. */
const leastBytes = 4096;

/**
 * Appends to the summary that GitHub shows on the page of the run: the file at this path, which may hold something already. Returns
 * why that could not be done; null when it was.
 */
export function writeSummary(path: string | undefined, render: (maxBytes: number) => string): string | null {
  if (path === undefined || path === "") return "GITHUB_STEP_SUMMARY is not set";
  try {
    const usedBytes = statSync(path).size;
    const gap = usedBytes === 0 ? "" : "\n";
    const maxBytes = limitBytes - usedBytes - gap.length;
    if (maxBytes < leastBytes) return `the file ${path} is full already`;
    const markdown = render(maxBytes);
    const bytes = Buffer.byteLength(markdown);
    if (bytes > maxBytes) return `it has ${bytes} bytes, of ${maxBytes} at most`;
    appendFileSync(path, gap + markdown);
    return null;
  } catch (error) {
    if (error instanceof Error && "syscall" in error) return error.message;
    throw error;
  }
}
