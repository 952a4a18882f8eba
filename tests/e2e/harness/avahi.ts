/** Debian's avahi in a test network: a daemon with a message bus of its own. */
import { join } from "node:path";
import { startBus } from "./bus.ts";
import type { Host } from "./netns.ts";
import { type Running, startProgram } from "./process.ts";

const PROGRAMS = ["dbus-daemon", "avahi-daemon", "avahi-browse", "avahi-publish-service"];

/** The programs that avahi needs and that aren't here. */
export async function missingForAvahi(): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const program of PROGRAMS) {
    await using running = await startProgram(["sh", "-c", `command -v ${program}`]);
    if ((await running.end()).code !== 0) missing.push(program);
  }
  return missing;
}

/** avahi on one host. Disposing ends it, its programs and its bus. */
export class Avahi implements AsyncDisposable {
  readonly #host: Host;
  readonly #env: Readonly<Record<string, string>>;
  readonly #stack: AsyncDisposableStack;

  private constructor(
    host: Host,
    { env, stack }: {
      readonly env: Readonly<Record<string, string>>;
      readonly stack: AsyncDisposableStack;
    },
  ) {
    this.#host = host;
    this.#env = env;
    this.#stack = stack;
  }

  static async start(host: Host): Promise<Avahi> {
    await using starting = new AsyncDisposableStack();
    const folder = await Deno.makeTempDir({ prefix: "gossamer-avahi-" });
    starting.defer(() => Deno.remove(folder, { recursive: true }));
    await Deno.writeTextFile(join(folder, "avahi.conf"), AVAHI_CONFIG);
    const { bus, address } = await startBus(folder, "system");
    starting.use(bus);
    const env = { DBUS_SYSTEM_BUS_ADDRESS: address };
    // Its pid file would be the machine's: /run is its own here, in a mount namespace of its own.
    const daemon = `mount -t tmpfs none /run && exec avahi-daemon --no-drop-root --no-chroot ` +
      `--no-rlimits -f ${join(folder, "avahi.conf")}`;
    const avahi = starting.use(
      await startProgram(["sh", "-c", daemon], { namespace: host.namespace, env }),
    );
    await avahi.stderr.find((line) => line.includes("startup complete") || undefined, {
      what: "avahi",
    });
    return new Avahi(host, { env, stack: starting.move() });
  }

  /** Browses; prints a line for each service that comes (+, = with its details) or goes (-). */
  async browse(type: string): Promise<Running> {
    return await this.#run(["avahi-browse", "--resolve", "--parsable", type]);
  }

  /** Publishes a service for as long as the program runs. */
  async publish(name: string, { type, port }: { type: string; port: number }): Promise<Running> {
    const running = await this.#run(["avahi-publish-service", name, type, `${port}`]);
    await running.stderr.find((line) => line.startsWith("Established") || undefined, {
      what: "the service",
    });
    return running;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }

  async #run(command: readonly string[]): Promise<Running> {
    return this.#stack.use(
      await startProgram(command, { namespace: this.#host.namespace, env: this.#env }),
    );
  }
}

const AVAHI_CONFIG = "[server]\nhost-name=printer\nuse-ipv4=yes\nuse-ipv6=no\n[rlimits]\n";
