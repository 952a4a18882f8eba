/**
 * What a running node may still do on this machine. Once everything is open it gives up all but the
 * network: whatever a bug or a bad package then makes it do, it can neither read the owner's files nor
 * change them, nor start a program. Its open databases, lock and sockets go on working.
 */
import { NATIVE_LIBRARIES } from "../keystore/protect.ts";

/** Whether the program may do something. `denied` is also what only a person at a prompt could grant. */
export type Privilege = "granted" | "denied";

/** A kind of thing that a program may do, as Deno names it. */
export type PrivilegeName = typeof PRIVILEGES[number];

/** All kinds. */
export const PRIVILEGES = ["read", "write", "run", "env", "ffi", "import", "net", "sys"] as const;

/** What a node gives up. It keeps `net`, and of `sys` the list of network interfaces. */
export const SHED: readonly PrivilegeName[] = ["read", "write", "run", "env", "ffi", "import"];

/** The environment variables that deno.json lets the program see. */
export const ENVIRONMENT: readonly string[] = [
  "APPDATA",
  "CLICOLOR_FORCE",
  "CREDENTIALS_DIRECTORY",
  "FORCE_COLOR",
  "GOSSAMER_DATA_DIR",
  "GOSSAMER_PASSPHRASE_FILE",
  "HOME",
  "JOURNAL_STREAM",
  "NO_COLOR",
  "TERM",
  "XDG_DATA_HOME",
];

/** The programs that commands may run, for a passphrase that the system keeps, a shred, its g: links, its page. */
export const PROGRAMS: readonly string[] = [
  ...["open", "secret-tool", "security", "shred", "xdg-mime", "xdg-open"],
];

/** Gives up for good everything that a node needs for its start only. */
export function shedPrivileges(): void {
  for (const name of SHED) Deno.permissions.revokeSync({ name });
}

/** What this process may do at this moment, asked of the runtime anew each time. */
export function privileges(): Readonly<Record<PrivilegeName, Privilege>> {
  const entries = PRIVILEGES.map((name) => [name, privilege(name)] as const);
  return Object.fromEntries(entries) as Record<PrivilegeName, Privilege>;
}

function privilege(name: PrivilegeName): Privilege {
  return [{ name }, ...parts(name)].some(isGranted) ? "granted" : "denied";
}

/** What may be granted singly: a grant of these alone doesn't show in that of the whole. */
function parts(name: PrivilegeName): readonly Deno.PermissionDescriptor[] {
  switch (name) {
    case "env":
      return ENVIRONMENT.map((variable) => ({ name, variable }));
    case "run":
      return PROGRAMS.map((command) => ({ name, command }));
    case "ffi":
      return NATIVE_LIBRARIES.map((path) => ({ name, path }));
    case "sys":
      return [{ name, kind: "networkInterfaces" }];
    default:
      return [];
  }
}

function isGranted(descriptor: Deno.PermissionDescriptor): boolean {
  const { state, partial } = Deno.permissions.querySync(descriptor);
  return state === "granted" || partial === true;
}
