import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/system/**/*.test.ts"],
    // A browser starts, and draws, on two cores that others may use too.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
