import { migrateAll } from "./project.ts";

// A runner in a process of its own, to be killed: DIRECTORY in the arguments, the URL in the environment.
const [directory = ""] = process.argv.slice(2);
const controller = new AbortController();
process.on("SIGTERM", () => controller.abort());
const result = await migrateAll(
  { directory, remove: () => undefined },
  { url: process.env.DATABASE_URL ?? "", signal: controller.signal },
);
process.stdout.write(
  `${JSON.stringify({ exitStatus: result.exitStatus, outcomes: result.outcomes, refusal: result.refusal })}\n`,
);
process.exit(result.exitStatus);
