import { Refusal } from "../errors.ts";

/** A backup that could not be made or proved, because of the database, a program or the disk. The database is as it was. */
export class BackupFailed extends Refusal {}
