import { describe, expect, it } from "vitest";
import { harmless, realistic, render, report } from "./examples.ts";

describe("colours", () => {
  it("are none, nor any other escape, when they are off", () => {
    expect(render(realistic)).not.toContain("\u001b");
  });

  it("change nothing but the colours, and none runs over the end of a line", () => {
    const text = render(realistic, { color: true });
    expect(text.replace(/\u001b\[[\d;]*m/g, "")).toBe(render(realistic));
    for (const line of text.split("\n"))
      expect(line).toMatch(/^([^\u001b]|\u001b\[[1-9][\d;]*m[^\u001b]+\u001b\[0m)*$/);
  });

  it("are red for critical and blocked, yellow for high, green for a pass, and of the sixteen", () => {
    const text = render(realistic, { color: true });
    expect(text).toContain("\u001b[1;31mcritical\u001b[0m  drop-column");
    expect(text).toContain("\u001b[33mhigh\u001b[0m  create-index-concurrently");
    expect(text).toContain("Verdict: \u001b[1;31mneeds approval (critical).\u001b[0m");
    expect(render(report({ migrations: [harmless("a.sql")] }), { color: true })).toContain(
      "\u001b[32mpass (low).\u001b[0m",
    );
    const codes = [...text.matchAll(/\u001b\[([\d;]*)m/g)].map((match) => match[1]);
    expect(codes.filter((code) => !/^(0|1|2|1;31|3[0-7])$/.test(code ?? ""))).toEqual([]);
  });
});
