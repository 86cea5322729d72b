import type { Workspace } from "../ports.ts";
import { decode } from "../sql/decode.ts";

/** The text of a file as its places were counted; null where it cannot be had. */
export function sourceOf(workspace: Pick<Workspace, "read">): (path: string) => string | null {
  return (path) => {
    const content = workspace.read(path);
    const decoded = content.kind === "bytes" ? decode(content.bytes) : null;
    return decoded?.kind === "text" ? decoded.text : null;
  };
}
