import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/system/**/*.test.ts"],
    // It imports JSON in a way that Node.js 20 does not know.
    server: { deps: { inline: ["@actions/workflow-parser"] } },
    // A browser starts, and draws, on two cores that others may use too.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
