import { resolve } from "node:path";
import type { ConfigSource, Workspace } from "../ports.ts";
import { openConfig } from "./config-file.ts";
import { lookAt, readBytes } from "./files.ts";
import { fenceOf } from "./links.ts";

/** The workspace on disk. Its config comes later than its files: the YAML reader is loaded only when there is a config file. */
export type DiskWorkspace = Pick<Workspace, "look" | "read"> & {
  config(path: string | null): Promise<ConfigSource | null>;
};

/** The files on disk, seen from the directory in which the command was started. */
export function openWorkspace(cwd: string): DiskWorkspace {
  const root = resolve(cwd);
  const fence = fenceOf(root);
  return {
    look: (path) => lookAt(resolve(root, path), fence),
    read: (path) => readBytes(resolve(root, path), fence),
    config: (path) => openConfig({ root, path, fence }),
  };
}
