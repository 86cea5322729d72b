import { fromRepository } from "../github/from-repository.ts";
import { type Annotation, annotationsOf } from "../report/annotations.ts";
import type { Planned } from "../report/forms.ts";
import type { RollbackReport } from "../report/rollback-report.ts";
import type { Step } from "./step.ts";

type Place = Pick<Step, "checkout">;

/** The findings of the pending migrations, at their lines. */
export function findingsAt({ check }: Planned, { checkout }: Place): readonly Annotation[] {
  return check === null ? [] : annotationsOf(fromRepository(check, checkout.prefix));
}

/** The statements at which migrations have failed. */
export function failuresAt({ outcomes }: Pick<RollbackReport, "outcomes">, { checkout }: Place): readonly Annotation[] {
  return outcomes.flatMap(({ path, failure }): readonly Annotation[] => {
    if (failure === null || failure.line === null) return [];
    const { line, code: title, message, sqlstate } = failure;
    const said = sqlstate === null ? message : `${message} (SQLSTATE ${sqlstate})`;
    const place = { path: checkout.prefix + path, line, endLine: line, column: null, endColumn: null };
    return [{ level: "error", ...place, title, message: said }];
  });
}
