import type { Path, Reading } from "./reading.ts";

/** What people are told of a deploy. */
export const notifyEvents = ["started", "waiting", "done", "failed", "rolled-back"] as const;
export type NotifyEvent = (typeof notifyEvents)[number];

/** slack: a message as Slack's incoming webhooks take it (Mattermost and others too); json: everything, for programs. */
export const notifyFormats = ["slack", "json"] as const;
export type NotifyFormat = (typeof notifyFormats)[number];

/** Who is told. */
export interface NotifyConfig {
  /** The environment variable that holds the address; never the address itself, because whoever has it can write there. */
  readonly urlFrom: string;
  readonly format: NotifyFormat;
  readonly events: readonly NotifyEvent[];
}

/** The webhooks of the config. */
export function readNotify(reading: Reading, path: Path, value: unknown): readonly NotifyConfig[] | null {
  const list = reading.list(path, value, "a list, each entry with url-from: NAME_OF_A_VARIABLE");
  if (list === null) return null;
  return list.flatMap((entry, index) => {
    const read = readOne(reading, [...path, index], entry);
    return read === null ? [] : [read];
  });
}

function readOne(reading: Reading, path: Path, value: unknown): NotifyConfig | null {
  const map = reading.map(path, value, "a map with url-from: NAME_OF_A_VARIABLE");
  if (map === null) return null;
  reading.unknownKeys(path, map, ["url-from", "format", "events"]);
  const format = map.has("format") ? reading.choice([...path, "format"], map.get("format"), notifyFormats) : null;
  const events = map.has("events") ? readEvents(reading, [...path, "events"], map.get("events")) : notifyEvents;
  if (!map.has("url-from")) {
    reading.problem(path, "an entry of notify has no url-from: the name of the variable that holds the address");
    return null;
  }
  const urlFrom = reading.text([...path, "url-from"], map.get("url-from"), "the name of an environment variable");
  if (urlFrom === null) return null;
  if (/^[A-Za-z_]\w*$/.test(urlFrom)) return { urlFrom, format: format ?? "slack", events };
  // Never shown: it may well be the address itself.
  reading.problem([...path, "url-from"], "url-from is no name of a variable; it must be one, never the address itself");
  return null;
}

function readEvents(reading: Reading, path: Path, value: unknown): readonly NotifyEvent[] {
  const list = reading.list(path, value, "a list of events, such as [failed, rolled-back]") ?? [];
  return list.flatMap((each, index) => {
    const event = reading.choice([...path, index], each, notifyEvents);
    return event === null ? [] : [event];
  });
}
