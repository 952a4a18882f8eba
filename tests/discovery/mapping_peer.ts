/**
 * A machine of the network tests, run in a network namespace as
 * `deno run -A tests/discovery/mapping_peer.ts TCP_PORT LEASE_SECONDS`: has its port mapped, prints
 * "ready", then each change of the mapping on a line. SIGTERM stops it: then "stopped" is printed,
 * and the process ends by itself.
 */
import { portRequestOf } from "../../src/wire/announcement.ts";
import { realTime, startMapping, systemMapping } from "../../src/discovery/mod.ts";

const [tcpPort, leaseSeconds] = Deno.args.map(Number);
// As a node does once it runs.
for (const name of ["read", "write", "run", "env", "ffi", "import"] as const) {
  Deno.permissions.revokeSync({ name });
}
const service = startMapping({
  ...{
    port: systemMapping,
    request: portRequestOf(tcpPort ?? 0),
    leaseSeconds: leaseSeconds ?? 0,
    time: realTime,
  },
  onChange: (mapping) =>
    print(mapping === undefined ? "none" : `${mapping.by} ${mapping.router} ${mapping.external}`),
});
const stop = (): void => {
  Deno.removeSignalListener("SIGTERM", stop);
  service.stop().then(() => print("stopped"));
};
Deno.addSignalListener("SIGTERM", stop);
print("ready");

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}
