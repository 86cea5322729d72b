import fc from "fast-check";
import { expect, test } from "vitest";
import { maskOf } from "../../src/process/mask.ts";

const password = "p@:/#%? ss'\\\"&<";

test.each([
  ["as it is", password],
  ["in an address", `postgres://u:${encodeURIComponent(password)}@h/d`],
  [
    "in an address, with small letters",
    encodeURIComponent(password).replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
  ],
  ["in a form", encodeURIComponent(password).replaceAll("%20", "+")],
  ["in JSON", JSON.stringify({ password })],
  ["in a password file", `h:1:d:u:${password.replace(/[\\:]/g, "\\$&")}`],
  ["in SQL", `ALTER ROLE u PASSWORD '${password.replaceAll("'", "''")}'`],
  ["in base64", Buffer.from(password).toString("base64")],
  ["in base64, inside of something longer", Buffer.from(`u:${password}:more`).toString("base64")],
  ["in base64 for addresses", Buffer.from(`xx${password}`).toString("base64url")],
  ["in hexadecimal digits", Buffer.from(password).toString("hex")],
])("a secret is taken out %s", (_where, text) => {
  const masked = maskOf([password])(`before ${text} after`);
  expect(masked).toContain("***");
  expect(masked).toMatch(/^before .*after$/);
  for (const part of ["p@:", "p%40", "ss'", "%20ss"]) expect(masked.toLowerCase()).not.toContain(part);
});

test("texts without a secret stay as they are, and short words are no secrets", () => {
  const mask = maskOf([password, "abc", "", null]);
  fc.assert(fc.property(fc.string(), (text) => fc.pre(!text.includes("p@:")) === undefined && mask(text) === text));
  expect(mask("abcabc")).toBe("abcabc");
});

test("a secret that is in a longer one leaves nothing of that one", () => {
  expect(maskOf(["secret", "secret-and-more"])("x secret-and-more y")).toBe("x *** y");
});
