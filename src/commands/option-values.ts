import { UserError } from "../errors.ts";
import { nearest } from "../text.ts";

/** The value as one of those that the option takes. Throws UserError with the nearest where it is none. */
export function oneOf<T extends string>(option: string, value: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === value);
  if (found !== undefined) return found;
  const meant = nearest(value, choices);
  throw new UserError("option-invalid", `${option} ${value} is not known.`, {
    details: [`It takes: ${choices.join(", ")}.`],
    ...(meant === null ? {} : { hint: `did you mean ${option} ${meant}?` }),
  });
}

/** The value as a major version of the server. Throws UserError with the nearest that is known. */
export function majorVersion<T extends number>(value: string, known: readonly T[]): T {
  const found = known.find((each) => String(each) === value);
  if (found !== undefined) return found;
  // The nearest as a number: 15.3 and pg15 mean 15.
  const asked = Number.parseInt(/\d+/.exec(value)?.[0] ?? "", 10);
  const near = known.toSorted((a, b) => Math.abs(a - asked) - Math.abs(b - asked))[0];
  throw new UserError("option-invalid", `--postgres ${value} is not known.`, {
    details: [`It takes: ${known.join(", ")}.`],
    ...(Number.isNaN(asked) ? {} : { hint: `--postgres ${near} is the nearest that is known.` }),
  });
}

/** The error for a command or an option that is not there. */
export function unknown(
  what: "command" | "option",
  word: string,
  choices: readonly string[],
  otherwise: string,
): UserError {
  const meant = nearest(word, choices);
  return new UserError(`${what}-unknown`, `There is no ${what} ${word}.`, {
    hint: meant === null ? `${otherwise}.` : `did you mean ${meant}?`,
  });
}
