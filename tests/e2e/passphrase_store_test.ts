/** The Secret Service as it is: GNOME Keyring on a message bus of the test's own. */
import assert from "node:assert/strict";
import { startBus } from "./harness/bus.ts";
import { Machine } from "./harness/node.ts";
import { type Running, startProgram } from "./harness/process.ts";

const PROGRAMS = ["dbus-daemon", "gnome-keyring-daemon", "secret-tool"];

/** How long the keyring may take to be there, on a busy machine. */
const KEYRING_MS = 60_000;

async function missing(): Promise<string[]> {
  const found = await Promise.all(PROGRAMS.map(async (program) => {
    if (Deno.build.os !== "linux") return program;
    await using running = await startProgram(["sh", "-c", `command -v ${program}`]);
    return (await running.end()).code === 0 ? undefined : program;
  }));
  return found.filter((program) => program !== undefined);
}

/** Waits until the Secret Service takes something: it answers before its first collection is there. */
async function takes(env: Record<string, string>): Promise<void> {
  const end = performance.now() + KEYRING_MS;
  while (performance.now() < end) {
    await using storing = await startProgram(
      ["secret-tool", "store", "--label=probe", "probe", "probe"],
      { env, stdin: "probe" },
    );
    const { code } = await storing.end();
    if (code === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("The keyring takes nothing");
}

const absent = await missing();
if (absent.length > 0) {
  // Said once, or nobody would notice that it is not tested.
  Deno.stderr.writeSync(
    new TextEncoder().encode(
      `Without a test of the system's key store: ${absent.join(", ")} not here\n`,
    ),
  );
}

Deno.test({
  name: "the Secret Service keeps the passphrase, and a node is unlocked with it",
  ignore: absent.length > 0,
  fn: async () => {
    await using machine = await Machine.make();
    const { bus, address } = await startBus(machine.folder, "session");
    await using _bus = bus;
    const env = {
      DBUS_SESSION_BUS_ADDRESS: address,
      HOME: machine.folder,
      XDG_RUNTIME_DIR: machine.folder,
      XDG_DATA_HOME: machine.folder,
    };
    await using _keyring: Running = await startProgram(
      ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"],
      { env, stdin: "keyring" },
    );
    await takes(env);
    const id = await machine.identity("ada");
    const command = { env: { DBUS_SESSION_BUS_ADDRESS: address } };
    const kept = await machine.json(["unlock", "--remember"], { ...command, unlock: true });
    assert.deepEqual(kept, { unlocked: [] });
    const listed = await machine.list(["identity", "list", "--passphrase-store"], command);
    assert.deepEqual(listed.map((one) => one["id"]), [id]);
    await using node = await machine.start();
    assert.deepEqual(await machine.json(["unlock", "--passphrase-store"], command), {
      unlocked: [id],
    });
    await node.stop();
    assert.deepEqual(await machine.json(["unlock", "--forget"], command), { forgotten: true });
    const none = await machine.run(["identity", "list", "--passphrase-store"], command);
    assert.equal(none.code, 3, none.stderr);
  },
});
