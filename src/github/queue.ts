import { UserError } from "../errors.ts";
import type { Api } from "./api.ts";
import { type MergeGroupEvent, queuedIn } from "./event.ts";
import { listAt, textAt } from "./payload.ts";
import { type Asking, asking } from "./refused.ts";

const reading: Asking = { to: "read the branches of the merge queue", permission: "contents: read" };

/**
 * The pull requests of a group in the merge queue. The name of its branch tells the last one and the commit that it was put upon; where
 * that is not the group's base, another branch of the queue ends there. Throws UserError where the way back is not found: nobody
 * could say whose approvals to ask for.
 */
export async function pullsInGroup(api: Api, { ref, base }: MergeGroupEvent): Promise<readonly number[]> {
  const [last] = queuedIn(ref).slice(-1);
  if (last === undefined) throw unknownGroup(ref);
  const numbers = queuedIn(ref).map(({ number }) => number);
  if (last.onto === base) return numbers;
  const others = await queueBranches(api, ref);
  let onto = last.onto;
  while (onto !== base) {
    const before = others.get(onto);
    if (before === undefined || numbers.length > mostPulls) throw unknownGroup(ref);
    others.delete(onto);
    numbers.unshift(before.number);
    onto = before.onto;
  }
  return [...new Set(numbers)];
}

/** GitHub takes at most these into one group. */
const mostPulls = 100;

/** The other branches of the queue, by the commit at which each ends. */
async function queueBranches(
  api: Api,
  ref: string,
): Promise<Map<string, { readonly number: number; readonly onto: string }>> {
  const queue = ref.replace(/^refs\//, "").replace(/pr-[^/]*$/, "");
  const refs = await asking(reading, () =>
    api.pages("GET /repos/{owner}/{repo}/git/matching-refs/{ref}", { ...api.here, ref: queue }),
  );
  return new Map(
    listAt(refs).flatMap((each) => {
      const [found] = queuedIn(textAt(each, "ref")).slice(-1);
      return found === undefined ? [] : [[textAt(each, "object", "sha"), found] as const];
    }),
  );
}

function unknownGroup(ref: string): UserError {
  return new UserError("merge-group-unknown", "The pull requests of this merge group are not known.", {
    details: [`The group's branch is ${ref}.`],
    hint: "put the pull requests into the queue again.",
  });
}
