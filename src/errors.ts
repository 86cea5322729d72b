/** A mistake in the request (an option, a path, the config), told to the user in at most four lines; exit status 2. */
export class UserError extends Error {
  readonly code: string;
  /** Facts about the mistake, one line each. */
  readonly details: readonly string[];
  /** What to do about it, a sentence without the words "What to do". */
  readonly hint: string | null;

  constructor(code: string, message: string, more: { details?: readonly string[]; hint?: string } = {}) {
    super(message);
    this.name = "UserError";
    this.code = code;
    this.details = more.details ?? [];
    this.hint = more.hint ?? null;
  }
}

/** Not the request but the database or the migrations speak against it: nothing was done. Told as a UserError is; exit status 1. */
export class Refusal extends UserError {
  override readonly name = "Refusal";
}
