import { isAbsolute, relative, resolve, sep } from "node:path";
import { UserError } from "../errors.ts";

/** A path as the config writes directories: from where the command was started if it leads below it, without "./", "//" and "..". */
export function asConfigWrites(path: string): string {
  if (path === "") {
    throw new UserError("path-empty", "One of the paths is empty.", {
      hint: "name a directory of migrations or an SQL file. Is a variable of the shell not set?",
    });
  }
  if (path === "-") return path;
  const full = resolve(path);
  const short = relative(process.cwd(), full) || ".";
  const outside = short === ".." || short.startsWith(`..${sep}`) || isAbsolute(short);
  return (outside && isAbsolute(path) ? full : short).split(sep).join("/");
}
