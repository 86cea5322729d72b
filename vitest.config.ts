import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // These need programs that npm does not bring: npm run test:system.
    exclude: ["**/node_modules/**", "test/system/**"],
    // It imports JSON in a way that Node.js 20 does not know.
    server: { deps: { inline: ["@actions/workflow-parser"] } },
    // Servers are killed and connections cut at moments that a busy machine moves about; what is wrong fails twice.
    retry: process.env.CI === undefined ? 0 : 1,
    // Two cores are the smallest machine the tests are run on; real servers start in some of them.
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
