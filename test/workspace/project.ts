import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";

/** A directory with these files (path → content), gone when the test is over. */
export function project(files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const root = mkdtempSync(join(realpathSync(tmpdir()), "lockkeeper-workspace-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  // Another user must be able to come in, see asAnotherUser.
  chmodSync(root, 0o755);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

/** Permissions do not stop root: runs this as nobody where the tests run as root, and as ourselves elsewhere. */
export function asAnotherUser<T>(run: () => T): T {
  if (process.geteuid?.() !== 0) return run();
  process.seteuid?.(65534);
  try {
    return run();
  } finally {
    process.seteuid?.(0);
  }
}
