/**
 * Networks made of Linux network namespaces. Everything lives inside namespaces that are made
 * here: no interface of the machine itself is touched, and nothing that is sent in them can leave.
 *
 * ```
 * makeLan(3)            switch namespace: bridge ── host 1, host 2, host 3        10.88.1.0/24
 * makeRoutedLans([2,1]) router namespace: bridge 1 ── host, host                  10.88.1.0/24
 *                                         bridge 2 ── host                        10.88.2.0/24
 * makeHome()            host 10.88.1.2 ── 10.88.1.1 router 8.8.4.1 ── host 8.8.4.2
 *                       it forwards between the bridges, but no broadcasts: two broadcast domains
 * ```
 */
import { startProgram } from "./process.ts";

/** A machine on a test network. */
export interface Host {
  readonly namespace: string;
  /** Its IPv4 address. */
  readonly address: string;
}

/** Hosts by LAN. Disposing removes every namespace, after killing what still runs inside. */
export interface Net extends AsyncDisposable {
  readonly lans: readonly (readonly Host[])[];
}

const PREFIX = "gossamer-test-";

const noNamespaces = await whyNoNamespaces();

/** Whether namespaces can be made here. */
export const canNetwork = noNamespaces === undefined;

/** Why network tests can't run here, or `undefined` when they can. */
async function whyNoNamespaces(): Promise<string | undefined> {
  if (Deno.build.os !== "linux") return "network namespaces exist on Linux only";
  if (Deno.uid() !== 0) return "making network namespaces needs root";
  const probe = `${PREFIX}${Deno.pid}-probe`;
  try {
    await ip("netns", "add", probe);
    await ip("netns", "delete", probe);
    return undefined;
  } catch (error) {
    return `ip netns does not work here: ${error instanceof Error ? error.message : error}`;
  }
}

/**
 * Declares a test that needs namespaces. Where there can be none it is ignored, and its name says
 * why.
 */
export function networkTest(name: string, run: (t: Deno.TestContext) => Promise<void>): void {
  Deno.test({
    name: noNamespaces === undefined ? name : `${name} (skipped: ${noNamespaces})`,
    ignore: noNamespaces !== undefined,
    fn: run,
  });
}

/** A LAN: hosts in one broadcast domain, without a router, as on a switch with nothing else. */
export async function makeLan(hosts: number): Promise<Net> {
  return await makeNet([hosts], { routed: false });
}

/** Several LANs with so many hosts each, and a router between them. */
export async function makeRoutedLans(hosts: readonly number[]): Promise<Net> {
  return await makeNet(hosts, { routed: true });
}

/** A home with a router, and a machine on the internet. */
export interface Home extends AsyncDisposable {
  readonly inside: Host;
  /** By its address inside. */
  readonly router: Host;
  /** The router's address outside. */
  readonly public: string;
  readonly outside: Host;
}

/** Makes a home. What the router lets through is up to whoever sets it up: without that, nothing. */
export async function makeHome(): Promise<Home> {
  await removeStale();
  const tag = `${PREFIX}${Deno.pid}-${crypto.randomUUID().slice(0, 8)}`;
  const [inside, router, outside] = ["inside", "router", "outside"].map((what) => `${tag}-${what}`);
  const made: string[] = [];
  const dispose = async (): Promise<void> => {
    for (const name of made.splice(0).reverse()) await removeNamespace(name);
  };
  try {
    for (const name of [inside!, router!, outside!]) {
      await ip("netns", "add", name);
      made.push(name);
      await ip("-n", name, "link", "set", "lo", "up");
    }
    const plug = async (name: string, port: string, ends: readonly string[]): Promise<void> => {
      const peer = ["peer", "name", port, "netns", router!];
      await ip("link", "add", "eth0", "netns", name, "type", "veth", ...peer);
      for (const [n, where] of [[name, "eth0"], [router!, port]].entries()) {
        const [namespace, device] = where as [string, string];
        await ip("-n", namespace, "addr", "add", `${ends[n]}/24`, "brd", "+", "dev", device);
        await ip("-n", namespace, "link", "set", device, "up");
      }
    };
    await plug(inside!, "lan0", ["10.88.1.2", "10.88.1.1"]);
    await plug(outside!, "wan0", ["8.8.4.2", "8.8.4.1"]);
    await ip("-n", inside!, "route", "add", "default", "via", "10.88.1.1");
    return {
      inside: { namespace: inside!, address: "10.88.1.2" },
      router: { namespace: router!, address: "10.88.1.1" },
      public: "8.8.4.1",
      outside: { namespace: outside!, address: "8.8.4.2" },
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** Removes namespaces whose test process is dead, with what still runs inside. */
export async function removeStale(): Promise<void> {
  for (const line of (await ip("netns", "list")).split("\n")) {
    const name = line.split(" ")[0] ?? "";
    const pid = name.startsWith(PREFIX) ? Number(name.slice(PREFIX.length).split("-")[0]) : NaN;
    if (Number.isInteger(pid) && !(await isAlive(pid))) await removeNamespace(name);
  }
}

/** Namespaces of one test. Disposing removes them, after killing what still runs inside. */
export class NamespaceSet implements AsyncDisposable {
  readonly #tag = crypto.randomUUID().slice(0, 8);
  readonly #made: string[] = [];

  private constructor() {}

  /** Makes an empty one, after removing what dead tests left. */
  static async make(): Promise<NamespaceSet> {
    await removeStale();
    return new NamespaceSet();
  }

  /** Makes a namespace and answers its name. */
  async add(what: string): Promise<string> {
    const name = `${PREFIX}${Deno.pid}-${this.#tag}-${what}`;
    await ip("netns", "add", name);
    this.#made.push(name);
    await ip("-n", name, "link", "set", "lo", "up");
    return name;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const name of this.#made.splice(0).reverse()) await removeNamespace(name);
  }
}

async function makeNet(hosts: readonly number[], options: { routed: boolean }): Promise<Net> {
  const set = await NamespaceSet.make();
  const add = (what: string): Promise<string> => set.add(what);
  const dispose = (): Promise<void> => set[Symbol.asyncDispose]();
  try {
    const centre = await add("centre");
    if (options.routed) {
      // Not by sysctl: a fresh Debian has none.
      await inside(centre, "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward");
    }
    const lans: Host[][] = [];
    for (const [index, count] of hosts.entries()) {
      const bridge = `br${index}`;
      const subnet = `10.88.${index + 1}`;
      await ip("-n", centre, "link", "add", bridge, "type", "bridge");
      await ip("-n", centre, "link", "set", bridge, "up");
      if (options.routed) await ip("-n", centre, "addr", "add", `${subnet}.1/24`, "dev", bridge);
      const lan: Host[] = [];
      for (let n = 0; n < count; n++) {
        const namespace = await add(`${index}-${n}`);
        const address = `${subnet}.${n + 2}`;
        const port = `p${index}x${n}`;
        const peer = ["peer", "name", port, "netns", centre];
        await ip("link", "add", "eth0", "netns", namespace, "type", "veth", ...peer);
        await ip("-n", centre, "link", "set", port, "master", bridge, "up");
        await ip("-n", namespace, "addr", "add", `${address}/24`, "brd", "+", "dev", "eth0");
        await ip("-n", namespace, "link", "set", "eth0", "up");
        if (options.routed) {
          await ip("-n", namespace, "route", "add", "default", "via", `${subnet}.1`);
        }
        lan.push({ namespace, address });
      }
      lans.push(lan);
    }
    return { lans, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

async function removeNamespace(name: string): Promise<void> {
  const pids = await ip("netns", "pids", name).catch(() => "");
  for (const pid of pids.split("\n").filter((line) => line !== "")) {
    try {
      Deno.kill(Number(pid), "SIGKILL");
    } catch {
      // It went by itself.
    }
  }
  await ip("netns", "delete", name);
}

async function isAlive(pid: number): Promise<boolean> {
  // Not through /proc, which Deno opens to programs with every permission only.
  await using running = await startProgram(["sh", "-c", `kill -0 ${pid}`]);
  return (await running.end()).code === 0;
}

/** Runs `ip`. Rejects when it fails. */
export async function ip(...args: string[]): Promise<string> {
  return await output(["ip", ...args]);
}

/** Runs a command in a namespace. Rejects when it fails. */
export async function inside(namespace: string, ...command: string[]): Promise<string> {
  return await output(["ip", "netns", "exec", namespace, ...command]);
}

async function output(command: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await (await startProgram(command)).end();
  if (code !== 0) throw new Error(`${command.join(" ")}: ${stderr || `exit status ${code}`}`);
  return stdout;
}
