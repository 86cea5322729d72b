import { readdirSync, readFileSync } from "node:fs";

/** What must be said of a package whose code is shipped. */
interface Notice {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  /** Its licence, and its NOTICE where it has one, word for word. */
  readonly texts: readonly string[];
}

const head = `Lockkeeper is under the MIT licence (LICENSE, one directory up). Its bundle holds code of these packages, each under its own
licence. The bundler has joined, shortened and renamed their files; nothing else of them was changed.
`;

/**
 * The licences of the packages in a bundle as one text: they ask to be handed on with the code. Throws where a package brings none.
 * @param inputs the files that went into the bundle, from the root of the project.
 */
export function licencesOf(inputs: Iterable<string>, root: string): string {
  const packages = new Set([...inputs].flatMap((path) => folderOf(path) ?? []));
  const notices = [...packages].map((folder) => noticeOf(`${root}${folder}`));
  const sorted = notices.toSorted((a, b) => (a.name + a.version < b.name + b.version ? -1 : 1));
  const line = "-".repeat(100);
  return [
    head,
    ...sorted.map((each) => `${line}\n${each.name} ${each.version} (${each.licence})\n\n${each.texts.join("\n\n")}\n`),
  ].join("\n");
}

/** node_modules/a/node_modules/@b/c/lib/x.js: the folder of @b/c. */
function folderOf(path: string): string | null {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? null;
}

function noticeOf(folder: string): Notice {
  const manifest: unknown = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
  const field = (key: string): string => {
    const value = typeof manifest === "object" && manifest !== null ? Reflect.get(manifest, key) : null;
    if (typeof value !== "string") throw new Error(`${folder}/package.json has no ${key}.`);
    return value;
  };
  const name = field("name");
  const files = readdirSync(folder).filter((file) => /^(?:licen[cs]e|notice|copying)(?:[.-]|$)/i.test(file));
  const read = (file: string): string => readFileSync(`${folder}/${file}`, "utf8").replace(/\r\n/g, "\n").trim();
  const texts = files.length > 0 ? files.sort().map(read) : inReadme(readdirSync(folder), read);
  if (texts.length === 0) throw new Error(`${name} brings no licence that could be handed on.`);
  return { name, version: field("version"), licence: field("license"), texts };
}

/** Some packages have their licence as the last section of their README, and nowhere else. */
function inReadme(files: readonly string[], read: (file: string) => string): readonly string[] {
  const readme = files.find((file) => /^readme\.md$/i.test(file));
  const section = readme === undefined ? undefined : /^#+ +licen[cs]e\s*\n([\s\S]+)$/im.exec(read(readme))?.[1];
  return section !== undefined && /permission is hereby granted/i.test(section) ? [section.trim()] : [];
}
