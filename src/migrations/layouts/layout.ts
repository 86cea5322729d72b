import type { Layout as LayoutId } from "../../config/config.ts";

/** What a file's name says in a layout. */
export interface FileName {
  readonly version: string;
  readonly name: string;
  readonly direction: "up" | "down";
}

/** How a tool names its files, sorts them, and sends them to the server. */
export interface Layout {
  readonly id: LayoutId;
  /** The tool's own name, as it is said in findings; null where the layout is no tool's. */
  readonly tool: string | null;
  /** What a name says; null when the tool does not take it for a migration. */
  read(fileName: string): FileName | null;
  /** A number or text that is the same for two spellings of one version, and sorts as the tool sorts. */
  order(version: string): bigint;
  /** Whether a migration without a down script is worth a word: the layout has down scripts. */
  readonly hasDowns: boolean;
  /** Whether the tool sends a file as it stands, in one string: then a byte order mark is sent too, and CONCURRENTLY stands alone or fails. */
  readonly sendsWholeFile: boolean;
}
