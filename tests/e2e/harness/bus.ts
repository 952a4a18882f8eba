/** A message bus of a test's own. */
import { join } from "node:path";
import { type Running, startProgram } from "./process.ts";

/**
 * Starts one in a folder; answers its address, too. It starts no program by itself: a service that is asked
 * for before it is there would get a double, started by the bus, that knows nothing of what the test gave it.
 */
export async function startBus(
  folder: string,
  type: "session" | "system",
): Promise<{ readonly bus: Running; readonly address: string }> {
  const address = `unix:path=${join(folder, "bus")}`;
  const config = join(folder, "bus.conf");
  await Deno.writeTextFile(config, configOf(type, address));
  const bus = await startProgram(
    ["dbus-daemon", "--nofork", "--print-address", "--config-file", config],
  );
  await bus.stdout.find((line) => line.startsWith("unix:") || undefined, { what: "the bus" });
  return { bus, address };
}

function configOf(type: string, address: string): string {
  return `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>${type}</type><listen>${address}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/>
<allow own="*"/></policy></busconfig>`;
}
