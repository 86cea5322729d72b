import type { ExternalBackup } from "../config/backup.ts";
import { withoutAddresses } from "../process/environment.ts";
import { maskOf } from "../process/mask.ts";
import { type Manifest, writeManifest } from "../report/manifest.ts";
import { type BackupPorts, type BackupRequest, type Made, newId } from "./create.ts";
import type { Surroundings } from "./dump.ts";
import { makeExternal, proveExternal } from "./external.ts";
import { writeExtras } from "./extras.ts";
import { filesBelow } from "./files.ts";
import { prove } from "./prove.ts";
import { attempt, openSnapshot } from "./snapshot.ts";

/** Has a provider make the backup, and writes down what it is called, when it is of, and where the database then stood. */
export async function createExternalBackup(
  request: BackupRequest,
  external: ExternalBackup,
  ports: BackupPorts,
): Promise<Made> {
  const { address, config } = request;
  const environment = request.environment === null ? {} : { LOCKKEEPER_ENVIRONMENT: request.environment };
  const around: Surroundings = {
    cwd: request.cwd,
    env: { ...withoutAddresses(process.env), ...environment, LC_ALL: "C" },
    mask: maskOf([address.password, ...request.secrets]),
    signal: request.signal,
  };
  const session = await ports.connect();
  const draft = await ports.store.begin(newId(address.database, ports.now()));
  try {
    const snapshot = await openSnapshot(session, { lockWaitMs: config.lockWaitMs });
    const ledgers = (await attempt(session, () => ports.ledgers(session))) ?? [];
    await session.query("COMMIT");
    ports.say("Asking the provider for a backup");
    const mark = await makeExternal(external, around);
    if (external.verifyCommand !== null) {
      ports.say("Proof: asking the provider whether it is whole");
      await proveExternal(external.verifyCommand, mark.id, around);
    }
    await writeExtras(draft.path, config, around);
    const time = ports.now().toISOString();
    const manifest: Manifest = {
      schema: 1,
      id: /([^/\\]+)\.partial$/.exec(draft.path)?.[1] ?? "",
      time: snapshot.time,
      finished: time,
      kind: "external",
      contents: "all",
      environment: request.environment,
      database: address.database,
      encoding: snapshot.encoding,
      systemIdentifier: snapshot.systemIdentifier,
      versions: { lockkeeper: request.version, server: snapshot.server, client: null },
      position: snapshot.position,
      ledgers,
      commit: request.commit,
      archive: null,
      external: { ...mark, satisfiesRequired: external.satisfiesRequired },
      files: await filesBelow(draft.path, request.signal),
      tables: [],
      sequences: [],
      largeObjects: null,
      policyRoles: [],
      proof: { reached: external.verifyCommand === null ? "none" : "external", time, failed: null },
    };
    const unused = { client: null, scratch: null, jobs: 1 };
    await prove({ directory: draft.path, manifest, proof: "checksums", ...unused }, around, () => undefined);
    await draft.commit(writeManifest(manifest));
    const warnings =
      external.verifyCommand === null ? ["Nothing proves this backup: the config has no verify-command."] : [];
    return { manifest, warnings };
  } catch (thrown) {
    await draft.abandon();
    throw thrown;
  } finally {
    await session.close();
  }
}
