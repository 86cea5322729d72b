import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { UserError } from "../../src/errors.ts";
import { openWorkspace } from "../../src/workspace/workspace.ts";
import { asAnotherUser, project } from "./project.ts";

/** Which file is found and what its version says, or what the user reads. */
async function configIn(root: string, path: string | null = null): Promise<string> {
  try {
    const source = await openWorkspace(root).config(path);
    return source === null ? "none" : `${source.path}: ${JSON.stringify(source.value)}`;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return `${error.message} (${error.hint}) [${error.code}]`;
  }
}

describe("the config file", () => {
  test("is found at its usual places", async () => {
    expect(await configIn(project({ ".github/lockkeeper.yml": "version: 1" }))).toBe(
      '.github/lockkeeper.yml: {"version":1}',
    );
    expect(await configIn(project({ ".github/lockkeeper.yaml": "version: 1" }))).toBe(
      '.github/lockkeeper.yaml: {"version":1}',
    );
  });

  test("need not be there", async () => {
    expect(await configIn(project())).toBe("none");
    expect(await configIn(project({ ".github/other.yml": "" }))).toBe("none");
    expect(await configIn(project({ ".github": "a file" }))).toBe("none");
  });

  test("is refused when there are two", async () => {
    const root = project({ ".github/lockkeeper.yml": "version: 1", ".github/lockkeeper.yaml": "version: 1" });
    expect(await configIn(root)).toBe(
      "There are two config files: .github/lockkeeper.yml and .github/lockkeeper.yaml. (keep one of them, or name the one to use with --config.) [config-ambiguous]",
    );
    expect(await configIn(root, ".github/lockkeeper.yaml")).toBe('.github/lockkeeper.yaml: {"version":1}');
  });

  test("is the one that is named, relative or absolute", async () => {
    const root = project({ ".github/lockkeeper.yml": "version: 1", "ci/gate.yml": "version: 2" });
    expect(await configIn(root, "ci/gate.yml")).toBe('ci/gate.yml: {"version":2}');
    expect(await configIn(project(), join(root, "ci/gate.yml"))).toBe(`${root}/ci/gate.yml: {"version":2}`);
  });

  test("that is named and missing is an error with the nearest name beside it", async () => {
    const root = project({ ".github/lockkeeper.yml": "version: 1", "ci/gate.yml": "", "ci/gates.yml/x": "" });
    expect(await configIn(root, ".github/lockeeper.yaml")).toBe(
      "There is no config file .github/lockeeper.yaml. (did you mean .github/lockkeeper.yml?) [config-missing]",
    );
    expect(await configIn(root, "ci/gates.yaml")).toContain("did you mean ci/gate.yml?");
    expect(await configIn(root, "lockkeeper.yml")).toContain(
      "leave --config out: .github/lockkeeper.yml is found by itself.",
    );
    expect(await configIn(root, "cii/gate.yml")).toContain("check the path: there is no directory cii.");
    expect(await configIn(project(), "x.yml")).toContain(
      "write the file, or leave --config out to check with the defaults.",
    );
  });

  test("may be a link inside the project, and not one out of it", async () => {
    const outside = project({ "secret.yml": "version: 1\npassword: x" });
    const root = project({ "config/lk.yml": "version: 1" });
    mkdirSync(join(root, ".github"));
    symlinkSync("../config/lk.yml", join(root, ".github/lockkeeper.yml"));
    expect(await configIn(root)).toBe('.github/lockkeeper.yml: {"version":1}');
    symlinkSync(join(outside, "secret.yml"), join(root, "link.yml"));
    expect(await configIn(root, "link.yml")).toMatch(
      /^The config file link.yml is reached by a symbolic link that leads out of the project \(to .*secret.yml\)\. .*\[config-unreadable\]$/,
    );
  });

  test.each([
    [
      "a broken link, which is not the same as none",
      (path: string) => symlinkSync("nowhere", path),
      "is a symbolic link that leads nowhere.",
    ],
    [
      "a link in a circle",
      (path: string) => symlinkSync("lockkeeper.yml", path),
      "is a symbolic link that leads in a circle.",
    ],
    ["a directory", (path: string) => mkdirSync(path), "is a directory."],
    ["a pipe", (path: string) => void execFileSync("mkfifo", [path]), "is a named pipe."],
  ])("is refused when it is %s", async (_, make, why) => {
    const root = project();
    mkdirSync(join(root, ".github"));
    make(join(root, ".github/lockkeeper.yml"));
    expect(await configIn(root)).toBe(
      `The config file .github/lockkeeper.yml ${why} (put a readable YAML file there, or name another with --config.) [config-unreadable]`,
    );
  });

  test("is refused above 1 MiB, and read up to it", async () => {
    const text = "version: 1\n#";
    const at = (bytes: number) => project({ ".github/lockkeeper.yml": text.padEnd(bytes, "x") });
    expect(await configIn(at(1024 * 1024))).toBe('.github/lockkeeper.yml: {"version":1}');
    expect(await configIn(at(1536 * 1024))).toContain("is too large: 1.5 MiB, of at most 1 MiB.");
  });

  test("is refused when it, or its directory, may not be read", () => {
    const root = project({ ".github/lockkeeper.yml": "version: 1" });
    chmodSync(join(root, ".github/lockkeeper.yml"), 0o000);
    const refusal = expect.objectContaining({
      code: "config-unreadable",
      message: "The config file .github/lockkeeper.yml cannot be read: permission denied.",
    });
    // The file is opened before the promise is handed back, so it is opened as the other user.
    const first = asAnotherUser(() => openWorkspace(root).config(null));
    chmodSync(join(root, ".github"), 0o000);
    const second = asAnotherUser(() => openWorkspace(root).config(null));
    chmodSync(join(root, ".github"), 0o755);
    return Promise.all([expect(first).rejects.toEqual(refusal), expect(second).rejects.toEqual(refusal)]);
  });
});
