import { readFile, writeFile } from "node:fs/promises";
import { UserError } from "../errors.ts";
import { type Picture, readPicture } from "./picture.ts";

/** What `verify --save` has written. Throws UserError. */
export async function loadPicture(path: string): Promise<Picture> {
  const text = await readFile(path, "utf8").catch((error: Error) => {
    throw unreadable(`${path} cannot be read: ${error.message}.`);
  });
  const picture = readPicture(text);
  if (picture === null) throw unreadable(`${path} holds nothing to compare with.`);
  return picture;
}

export async function savePicture(path: string, picture: Picture): Promise<void> {
  await writeFile(path, `${JSON.stringify(picture, null, 2)}\n`, { mode: 0o600 }).catch((error: Error) => {
    throw new UserError("picture-unwritable", `${path} cannot be written: ${error.message}.`, {
      hint: "name a file in a directory that this user may write to, with --save FILE.",
    });
  });
}

function unreadable(message: string): UserError {
  return new UserError("picture-unreadable", message, {
    hint: "lockkeeper verify --save FILE writes it, before the migrations.",
  });
}
