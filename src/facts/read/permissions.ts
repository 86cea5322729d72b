import { asNode, type Node, type NodeOf } from "../../sql/nodes.ts";
import type { ActionBody } from "../actions.ts";
import type { Read } from "./context.ts";
import { relationOf } from "./definitions.ts";
import { bare } from "./objects.ts";

export function readGrant(node: NodeOf<"GrantStmt">): Read {
  const on = (node.objects ?? []).flatMap((each) => asNode(each, "RangeVar") ?? []).map(relationOf);
  if (node.is_grant !== true) return [{ kind: "revoke", on, widens: false }];
  return [{ kind: "grant", on, widens: toPublic(node.grantees) }];
}

/** Role options that let a role around every other permission. */
const powers: ReadonlySet<string> = new Set(["superuser", "bypassrls", "isreplication", "createrole"]);

export function readRole(node: NodeOf<"CreateRoleStmt"> | NodeOf<"AlterRoleStmt">, kind: "create" | "alter"): Read {
  const name = bare(typeof node.role === "string" ? node.role : node.role?.rolename);
  const widens = (node.options ?? []).some((each) => {
    const element = asNode(each, "DefElem");
    return powers.has(element?.defname ?? "") && asNode(element?.arg, "Boolean")?.boolval === true;
  });
  const body: ActionBody =
    kind === "create"
      ? { kind: "create-role", name, ifNotExists: false, on: [] }
      : { kind: "alter-role", name, on: [] };
  return widens ? [body, { kind: "grant-role", widens: true }] : [body];
}

/** Roles of PostgreSQL's own that open the server's files, programs or all data (predefined roles). */
const strongRoles: ReadonlySet<string> = new Set([
  "pg_read_server_files",
  "pg_write_server_files",
  "pg_execute_server_program",
  "pg_write_all_data",
  "pg_read_all_data",
  "pg_create_subscription",
]);

export function readGrantRole(node: NodeOf<"GrantRoleStmt">): Read {
  const strong = (node.granted_roles ?? []).some((each) =>
    strongRoles.has(asNode(each, "AccessPriv")?.priv_name ?? ""),
  );
  return [{ kind: "grant-role", widens: node.is_grant === true && (strong || toPublic(node.grantee_roles)) }];
}

export function readDefaultPrivileges(node: NodeOf<"AlterDefaultPrivilegesStmt">): Read {
  return [{ kind: "default-privileges", widens: node.action?.is_grant === true && toPublic(node.action.grantees) }];
}

function toPublic(grantees: readonly Node[] | undefined): boolean {
  return (grantees ?? []).some((each) => asNode(each, "RoleSpec")?.roletype === "ROLESPEC_PUBLIC");
}
