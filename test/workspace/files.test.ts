import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, renameSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import type { DirectoryEntry, Listing } from "../../src/ports.ts";
import { openWorkspace } from "../../src/workspace/workspace.ts";
import { asAnotherUser, project } from "./project.ts";

function entriesOf(listing: Listing): readonly DirectoryEntry[] {
  if (listing.kind !== "directory") throw new Error(`not a directory: ${JSON.stringify(listing)}`);
  return listing.entries;
}

/** The entry as one line: `x.sql: file`, `y.sql: is a named pipe`. */
function linesOf(listing: Listing): readonly string[] {
  return entriesOf(listing).map(({ name, kind, why }) => `${name}: ${why ?? kind}`);
}

function textOf(workspace: ReturnType<typeof openWorkspace>, path: string): string {
  const content = workspace.read(path);
  return content.kind === "bytes" ? new TextDecoder().decode(content.bytes) : `refused: ${content.why}`;
}

describe("look", () => {
  test("lists files and directories by the bytes of their names", () => {
    const names = ["10.sql", "9.sql", "B.sql", "a.sql", "z", "é.sql", "가.sql", "\uffee.sql", "\u{1f600}.sql"];
    const root = project(
      Object.fromEntries(names.toReversed().map((name) => [`db/${name}${name === "z" ? "/x" : ""}`, ""])),
    );
    const entries = entriesOf(openWorkspace(root).look("db"));
    expect(entries.map(({ name }) => name)).toEqual(names);
    expect(entries.map(({ kind }) => kind)).toEqual(names.map((name) => (name === "z" ? "directory" : "file")));
  });

  test("sorts any names as their bytes sort", () => {
    const name = fc
      .string({ unit: "binary", minLength: 1, maxLength: 8 })
      .map((text) => text.replace(/[/\0]|^\.+$/g, "_"));
    const fits = (text: string) => Buffer.from(text).toString() === text;
    fc.assert(
      fc.property(fc.uniqueArray(name.filter(fits), { maxLength: 12 }), (names) => {
        const root = project(Object.fromEntries(names.map((one) => [one, ""])));
        const listed = entriesOf(openWorkspace(root).look(".")).map((entry) => entry.name);
        const sorted = names.map((one) => Buffer.from(one)).sort(Buffer.compare);
        expect(listed).toEqual(sorted.map((bytes) => bytes.toString()));
      }),
      { numRuns: 40 },
    );
  });

  test("tells a file, a directory and nothing apart", () => {
    const root = project({ "db/1.sql": "x" });
    const workspace = openWorkspace(root);
    expect(workspace.look("db/1.sql")).toEqual({ kind: "file" });
    expect(workspace.look("db").kind).toBe("directory");
    expect(workspace.look(".").kind).toBe("directory");
    expect(workspace.look("").kind).toBe("directory");
    expect(workspace.look(join(root, "db")).kind).toBe("directory");
    expect(workspace.look("dbb")).toEqual({ kind: "missing" });
    expect(workspace.look("db/1.sql/x")).toEqual({ kind: "missing" });
    expect(workspace.look("a\0b").kind).toBe("unreadable");
  });

  test("takes a directory named x.sql for a directory", () => {
    const root = project();
    mkdirSync(join(root, "x.sql"));
    const workspace = openWorkspace(root);
    expect(linesOf(workspace.look("."))).toEqual(["x.sql: directory"]);
    expect(textOf(workspace, "x.sql")).toBe("refused: is a directory");
  });

  test("takes a link that stays inside the directory for what it leads to", () => {
    const root = project({ "db/1.sql": "one", "db/more/2.sql": "two" });
    symlinkSync("1.sql", join(root, "db/a.sql"));
    symlinkSync(join(root, "db/more/2.sql"), join(root, "db/b.sql"));
    symlinkSync("a.sql", join(root, "db/c.sql"));
    symlinkSync("more", join(root, "db/d"));
    const workspace = openWorkspace(root);
    expect(linesOf(workspace.look("db"))).toEqual([
      "1.sql: file",
      "a.sql: file",
      "b.sql: file",
      "c.sql: file",
      "d: directory",
      "more: directory",
    ]);
    expect(textOf(workspace, "db/a.sql")).toBe("one");
    expect(textOf(workspace, "db/b.sql")).toBe("two");
    expect(textOf(workspace, "db/c.sql")).toBe("one");
    expect(textOf(workspace, "db/d/2.sql")).toBe("two");
    expect(linesOf(workspace.look("db/d"))).toEqual(["2.sql: file"]);
  });

  test("refuses links that lead out, back, nowhere or in a circle, and reads nothing behind them", () => {
    const root = project({ "secrets.sql": "password", "db/1.sql": "", "db2/1.sql": "password" });
    const links = {
      "a.sql": "../secrets.sql",
      "b.sql": join(root, "secrets.sql"),
      "c.sql": "missing.sql",
      "d.sql": "d.sql",
      "e.sql": "a.sql",
      f: "..",
      g: ".",
      "h.sql": "/dev/null",
      "i.sql": "1.sql/x",
      // Its name starts like the directory's own.
      "j.sql": "../db2/1.sql",
    };
    for (const [name, target] of Object.entries(links)) symlinkSync(target, join(root, "db", name));
    const workspace = openWorkspace(root);
    const refusals = [
      "is a symbolic link that leads out of the directory (to ../secrets.sql)",
      `is a symbolic link that leads out of the directory (to ${root}/secrets.sql)`,
      "is a symbolic link that leads nowhere (to missing.sql)",
      "is a symbolic link that leads in a circle",
      "is a symbolic link that leads out of the directory (to a.sql)",
      "is a symbolic link that leads out of the directory (to ..)",
      "is a symbolic link that leads back to its own directory",
      "is a symbolic link that leads out of the directory (to /dev/null)",
      "is a symbolic link that leads nowhere (to 1.sql/x)",
      "is a symbolic link that leads out of the directory (to ../db2/1.sql)",
    ];
    const names = Object.keys(links);
    expect(linesOf(workspace.look("db"))).toEqual([
      "1.sql: file",
      ...names.map((name, i) => `${name}: ${refusals[i]}`),
    ]);
    for (const [i, name] of names.entries()) expect(textOf(workspace, `db/${name}`)).toBe(`refused: ${refusals[i]}`);
    // Named by itself, the nearest reason is given.
    for (const name of names.filter((one) => one.endsWith(".sql"))) {
      expect(workspace.look(`db/${name}`), name).toEqual({
        kind: "unreadable",
        why: expect.stringMatching(/^is .*symbolic link that leads/),
      });
    }
  });

  test("refuses a whole directory, and every file in it, that is a link out of the project", () => {
    const outside = project({ "deep/1.sql": "password" });
    const root = project({ "real/1.sql": "one" });
    symlinkSync(join(outside, "deep"), join(root, "db"));
    symlinkSync(outside, join(root, "up"));
    symlinkSync("real", join(root, "inside"));
    const workspace = openWorkspace(root);
    const why = `is reached by a symbolic link that leads out of the project (to ${outside}/deep)`;
    expect(workspace.look("db")).toEqual({ kind: "unreadable", why });
    expect(workspace.look("up/deep")).toEqual({ kind: "unreadable", why });
    expect(textOf(workspace, "db/1.sql")).toBe(`refused: ${why}`);
    expect(textOf(workspace, "up/deep/1.sql")).toBe(`refused: ${why}`);
    expect(linesOf(workspace.look("inside"))).toEqual(["1.sql: file"]);
    expect(textOf(workspace, "inside/1.sql")).toBe("one");
  });

  test("looks wherever it is told to outside of the project, by its own path", () => {
    const outside = project({ "db/1.sql": "one" });
    const workspace = openWorkspace(project());
    expect(linesOf(workspace.look(join(outside, "db")))).toEqual(["1.sql: file"]);
    expect(textOf(workspace, join(outside, "db/1.sql"))).toBe("one");
  });

  test("works when the project itself is reached by a link", () => {
    const root = project({ "project/db/1.sql": "one" });
    symlinkSync("project", join(root, "link"));
    const workspace = openWorkspace(join(root, "link"));
    expect(linesOf(workspace.look("db"))).toEqual(["1.sql: file"]);
    expect(textOf(workspace, "db/1.sql")).toBe("one");
  });

  test("refuses pipes and sockets, at once", async () => {
    const root = project({ "db/1.sql": "" });
    execFileSync("mkfifo", [join(root, "db/2.sql")]);
    symlinkSync("2.sql", join(root, "db/4.sql"));
    const server = createServer().listen(join(root, "db/3.sql"));
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once("listening", resolve));
    const workspace = openWorkspace(root);
    expect(linesOf(workspace.look("db"))).toEqual([
      "1.sql: file",
      "2.sql: is a named pipe",
      "3.sql: is a socket",
      "4.sql: is a symbolic link to a named pipe",
    ]);
    expect(workspace.look("db/2.sql")).toEqual({ kind: "unreadable", why: "is a named pipe" });
    expect(textOf(workspace, "db/2.sql")).toBe("refused: is a named pipe");
    expect(textOf(workspace, "db/3.sql")).toBe("refused: is a socket");
    expect(textOf(workspace, "db/4.sql")).toBe("refused: is a symbolic link to a named pipe");
    expect(textOf(workspace, "/dev/zero")).toBe("refused: is a device");
  });

  test.skipIf(process.platform !== "linux")(
    "refuses a name that is not UTF-8 (Linux: other systems have no such names)",
    () => {
      const root = project({ "x.sql": "", "\ufffd.sql": "" });
      renameSync(
        join(root, "x.sql"),
        Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0xff]), Buffer.from("x.sql")]),
      );
      expect(linesOf(openWorkspace(root).look("."))).toEqual([
        "\ufffd.sql: file",
        "\ufffdx.sql: has a name that is not UTF-8",
      ]);
    },
  );

  test("says that permission is denied", () => {
    const root = project({ "db/1.sql": "", "closed/1.sql": "" });
    chmodSync(join(root, "db/1.sql"), 0o000);
    chmodSync(join(root, "closed"), 0o000);
    const workspace = openWorkspace(root);
    asAnotherUser(() => {
      expect(workspace.look("closed")).toEqual({ kind: "unreadable", why: "cannot be read: permission denied" });
      expect(workspace.look("closed/1.sql")).toEqual({ kind: "unreadable", why: "cannot be read: permission denied" });
      expect(textOf(workspace, "closed/1.sql")).toBe("refused: cannot be read: permission denied");
      expect(linesOf(workspace.look("db"))).toEqual(["1.sql: file"]);
      expect(textOf(workspace, "db/1.sql")).toBe("refused: cannot be read: permission denied");
    });
    chmodSync(join(root, "closed"), 0o755);
  });
});

describe("read", () => {
  test("gives the bytes as they are", () => {
    const bytes = Uint8Array.from([0xef, 0xbb, 0xbf, 0x0d, 0x0a, 0x00, 0xff]);
    const root = project({ "1.sql": bytes, "empty.sql": "", "large.sql": "x".repeat(3_000_000) });
    const workspace = openWorkspace(root);
    const content = workspace.read("1.sql");
    expect(content.kind === "bytes" && Uint8Array.from(content.bytes)).toEqual(bytes);
    expect(textOf(workspace, "empty.sql")).toBe("");
    expect(textOf(workspace, "large.sql")).toHaveLength(3_000_000);
  });

  test("says that nothing is there", () => {
    const workspace = openWorkspace(project({ "1.sql": "" }));
    expect(textOf(workspace, "2.sql")).toBe("refused: does not exist");
    expect(textOf(workspace, "1.sql/2.sql")).toBe("refused: does not exist");
    expect(textOf(workspace, "a\0b")).toMatch(/^refused: cannot be read: /);
    expect(textOf(workspace, "x".repeat(300))).toBe("refused: cannot be read: its name is too long");
  });

  test("refuses what is too large without reading it", () => {
    const root = project();
    writeFileSync(join(root, "big.sql"), "");
    truncateSync(join(root, "big.sql"), 5 * 1024 ** 3);
    const before = process.memoryUsage().rss;
    expect(textOf(openWorkspace(root), "big.sql")).toBe("refused: is too large: 5120.0 MiB, of at most 100 MiB");
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 ** 2);
  });
});
