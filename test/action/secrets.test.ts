import { expect, test } from "vitest";
import { partsOf } from "../../src/action/secrets.ts";

const password = "p@:/#%? ss";
const encoded = encodeURIComponent(password);

test.each([
  `postgres://u:${encoded}@db/d`,
  `postgresql+psycopg://u:${encoded}@db/d`,
  `postgres://u@db/d?password=${encoded}`,
  `jdbc:postgresql://db/d?user=u&password=${encoded}`,
  `host=db user=u password='${password}'`,
])("the password is hidden as it is written and as it is sent: %s", (text) => {
  expect(partsOf(text)).toEqual(expect.arrayContaining([text, password, encoded]));
});

test("what cannot be read as a connection string is hidden whole, and what looks like its password too", () => {
  const text = `postgres://u:${password}@db/d`;
  expect(partsOf(text)).toContain(text);
  expect(partsOf("host=db password=half way")).toContain("half");
});
