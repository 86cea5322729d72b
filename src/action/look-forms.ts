import { type Forms, type Planned, planForms, verifyForms } from "../report/forms.ts";
import type { Verification } from "../report/verification.ts";

/** What a deploy that is to do nothing has looked at. */
export interface Looked {
  readonly planned: Planned;
  readonly verification: Verification;
}

/** The plan, and the verification behind it. */
export const lookForms: Forms<Looked> = {
  async text({ planned, verification }, look) {
    return `${await planForms.text(planned, look)}\n${await verifyForms.text(verification, look)}`;
  },
  async json({ planned, verification }) {
    const report = { schema: 1, command: "migrate", skipped: true, plan: planned.report, verification };
    return `${JSON.stringify(report, null, 2)}\n`;
  },
  async markdown({ planned, verification }, { maxBytes }) {
    const verified = await verifyForms.markdown(verification, { maxBytes });
    const left = Math.max(maxBytes - Buffer.byteLength(verified), 2000);
    return `${await planForms.markdown(planned, { maxBytes: left })}\n${verified}`;
  },
};
