import { readApprovers } from "./approvers.ts";
import {
  backups,
  defaultPolicy,
  deploys,
  failOnChoices,
  type Policy,
  type PolicyRow,
  type Risk,
  risks,
} from "./config.ts";
import type { Reading } from "./reading.ts";

/** What each risk asks for. */
export function readPolicy(reading: Reading, value: unknown): Policy {
  const path = ["policy"];
  const policy = reading.map(path, value, "a map of risks and what they ask for");
  if (policy === null) return defaultPolicy;
  reading.unknownKeys(path, policy, [...risks, "fail-on"]);
  const row = (risk: Risk): PolicyRow =>
    policy.has(risk) ? readRow(reading, policy.get(risk), risk) : defaultPolicy[risk];
  const failOn = policy.has("fail-on")
    ? reading.choice([...path, "fail-on"], policy.get("fail-on"), failOnChoices)
    : null;
  return {
    low: row("low"),
    medium: row("medium"),
    high: row("high"),
    critical: row("critical"),
    failOn: failOn ?? defaultPolicy.failOn,
  };
}

function readRow(reading: Reading, value: unknown, risk: Risk): PolicyRow {
  const path = ["policy", risk];
  const usual = defaultPolicy[risk];
  const row = reading.map(path, value, "a map of deploy, approvals, approvers and backup");
  if (row === null) return usual;
  reading.unknownKeys(path, row, ["deploy", "approvals", "approvers", "backup"]);
  const deploy = row.has("deploy") ? reading.choice([...path, "deploy"], row.get("deploy"), deploys) : null;
  const approvals = row.has("approvals")
    ? reading.wholeNumber([...path, "approvals"], row.get("approvals"), { from: 0 })
    : null;
  const backup = row.has("backup") ? reading.choice([...path, "backup"], row.get("backup"), backups) : null;
  const asked = approvals ?? usual.approvals;
  const approvers = row.has("approvers")
    ? readApprovers(reading, [...path, "approvers"], { value: row.get("approvers"), asked })
    : null;
  return {
    deploy: deploy ?? usual.deploy,
    approvals: asked,
    approvers: approvers ?? usual.approvers,
    backup: backup ?? usual.backup,
  };
}
