import type { Annotation } from "../report/annotations.ts";
import { count } from "../text.ts";
import type { Api } from "./api.ts";
import { type CheckState, isLater, readState, writeState } from "./check-state.ts";
import { type Asking, asking } from "./refused.ts";

/** GitHub's limits: characters of a summary, annotations of one request. */
export const maxSummaryCharacters = 65_535;
const annotationsPerRequest = 50;
/** More than these are counted: nobody goes through them on a page, and each fifty cost a request. */
const mostAnnotations = 200;

/** The check run on a commit, which is what a branch rule can require. */
export interface CheckOrder {
  readonly name: string;
  readonly head: string;
  /** The login of the app that our token writes as: "github-actions[bot]". */
  readonly self: string;
  readonly state: CheckState;
  readonly conclusion: "success" | "failure" | "action_required";
  readonly title: string;
  /** Markdown. */
  readonly summary: string;
  /** The most severe first. */
  readonly annotations: readonly Annotation[];
  /** The page of the run. */
  readonly detailsUrl: string;
}

/** What an earlier run has left on a commit. */
export interface FoundCheck {
  readonly id: number;
  readonly state: CheckState;
  readonly conclusion: string | null;
  readonly annotations: number;
}

const reading: Asking = { to: "read the check runs", permission: "checks: write" };
const writing: Asking = { to: "write the check run", permission: "checks: write" };

/** The check run of this name that our own app has left on a commit, the newest of several; null where there is none. */
export async function findCheck(
  api: Api,
  { name, head, self }: Pick<CheckOrder, "name" | "head" | "self">,
): Promise<FoundCheck | null> {
  const { data } = await asking(reading, () =>
    api.request("GET /repos/{owner}/{repo}/commits/{ref}/check-runs", {
      ...api.here,
      ref: head,
      check_name: name,
      filter: "all",
      per_page: 100,
    }),
  );
  const found = data.check_runs.flatMap(({ id, app, external_id, conclusion, output }): FoundCheck[] => {
    const state = `${app?.slug}[bot]` === self ? readState(external_id ?? "") : null;
    return state === null ? [] : [{ id: Number(id), state, conclusion, annotations: output.annotations_count }];
  });
  return found.reduce<FoundCheck | null>((best, each) => (best === null || each.id > best.id ? each : best), null);
}

/** Writes the check run, over the one of an earlier run for the same SQL; false where a later look at the pull request stands. */
export async function writeCheck(api: Api, order: CheckOrder, found: FoundCheck | null): Promise<boolean> {
  if (found !== null && isLater(found.state, order.state)) return false;
  const { annotations, state } = order;
  // Annotations of an update are added to those that are there.
  const again = found !== null && found.state.digest === state.digest && found.state.job === state.job;
  const pages = again && found.annotations > 0 ? [] : pagesOf(annotations.slice(0, mostAnnotations));
  const output = { title: order.title, summary: summaryOf(order) };
  const fields = {
    name: order.name,
    status: "completed",
    conclusion: order.conclusion,
    details_url: order.detailsUrl,
    external_id: writeState(state),
  } as const;
  const [first = [], ...rest] = pages;
  const id = await asking(writing, async () => {
    const full = { ...api.here, ...fields, output: { ...output, annotations: first.map(annotationOf) } };
    if (!again) {
      const { data } = await api.request("POST /repos/{owner}/{repo}/check-runs", { ...full, head_sha: order.head });
      return Number(data.id);
    }
    const update = { ...full, check_run_id: found.id };
    await api.request("PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}", update);
    return found.id;
  });
  for (const page of rest) {
    await asking(writing, () =>
      api.request("PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}", {
        ...api.here,
        check_run_id: id,
        output: { ...output, annotations: page.map(annotationOf) },
      }),
    );
  }
  return true;
}

function pagesOf(annotations: readonly Annotation[]): readonly (readonly Annotation[])[] {
  const pages: (readonly Annotation[])[] = [];
  for (let from = 0; from < annotations.length; from += annotationsPerRequest) {
    pages.push(annotations.slice(from, from + annotationsPerRequest));
  }
  return pages;
}

function summaryOf({ summary, annotations }: CheckOrder): string {
  const missing = annotations.length - mostAnnotations;
  const note = missing > 0 ? `\n\n${count(missing, "more remark")} not shown at the lines.` : "";
  return summary.length + note.length > maxSummaryCharacters ? summary : summary + note;
}

const levels = { error: "failure", warning: "warning", notice: "notice" } as const;

function annotationOf({ level, path, line, endLine, column, endColumn, title, message }: Annotation) {
  const columns =
    column === null || endColumn === null || line !== endLine ? {} : { start_column: column, end_column: endColumn };
  return {
    path,
    start_line: line,
    end_line: endLine,
    ...columns,
    annotation_level: levels[level],
    title: title.slice(0, 255),
    message,
  };
}
