/**
 * Two homes of two machines each and a machine on the internet, each with a node:
 *
 * ```
 * Ada, Abe    behind a router that maps ports by UPnP; avahi runs on Abe's machine
 * Bea, Bob    behind a router that maps nothing
 * Pia         on the internet
 * Pat         as well, where no port is mapped
 * ```
 * Ada, Bea and Pia know the internet's ways, a locator and a DHT of five; Abe and Bob can only find the machine beside theirs.
 * Without mapping Pia could dial nobody, and then what she says waits for 10 to 20 minutes (PROTOCOL.md
 * section 6): Pat spares her that.
 */
import { fileURLToPath } from "node:url";
import { startScript } from "../../discovery/peer_process.ts";
import { Avahi } from "./avahi.ts";
import { Miniupnpd } from "./miniupnpd.ts";
import { type Homes, makeHomes } from "./nat.ts";
import type { Host } from "./netns.ts";
import { asObject, type Json, Machine, type RunningNode, text } from "./node.ts";
import { ROOT, type Running } from "./process.ts";

/** A way of finding or reaching others that can be switched off. */
export type Way = "broadcast" | "mDNS" | "mapping" | "locator" | "DHT";

/** Who lives there. */
export type Name = "Ada" | "Abe" | "Bea" | "Bob" | "Pia" | "Pat";

/** One of them. */
export interface Inhabitant {
  readonly name: Name;
  readonly machine: Machine;
  readonly node: RunningNode;
}

/** The town. Disposing ends all of it. */
export class Town implements AsyncDisposable {
  readonly all: Inhabitant[] = [];
  readonly #stack: AsyncDisposableStack;
  readonly #net: Homes;
  /** `host:port` of the DHT. */
  readonly #entry: string;
  readonly router: Miniupnpd;
  readonly avahi: Avahi;

  private constructor(
    { net, router, avahi, entry }: {
      readonly net: Homes;
      readonly router: Miniupnpd;
      readonly avahi: Avahi;
      readonly entry: string;
    },
    stack: AsyncDisposableStack,
  ) {
    this.#net = net;
    this.router = router;
    this.avahi = avahi;
    this.#entry = entry;
    this.#stack = stack;
  }

  /** Builds it and starts all nodes, with one way switched off. */
  static async build(off?: Way): Promise<Town> {
    await using building = new AsyncDisposableStack();
    const net = building.use(await makeHomes({ homes: 2, hosts: 2, publics: 3, mapped: [0] }));
    const dht = building.use(await dhtOn(net.publics[2]!));
    const entry = await dht.stdout.find((line) => line, { what: "the DHT's address" });
    const router = building.use(await Miniupnpd.start(net.gateways[0]!, "upnp"));
    const avahi = building.use(await Avahi.start(net.lans[0]![1]!));
    const town = new Town({ net, router, avahi, entry }, building.move());
    try {
      await town.#settle(off);
      return town;
    } catch (error) {
      await town[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Address of the router that maps ports, outside. */
  get outside(): string {
    return this.#net.routers[0]!;
  }

  of(name: Name): Inhabitant {
    const one = this.all.find((inhabitant) => inhabitant.name === name);
    if (one === undefined) throw new Error(`${name} doesn't live here`);
    return one;
  }

  /** Everybody writes, and everybody waits for what all others wrote. */
  async everybodyReadsEverybody(timeoutMs: number): Promise<void> {
    const posts = new Map<Name, unknown>();
    for (const { name, machine } of this.all) {
      posts.set(name, (await machine.object(["post", `From ${name}`]))["id"]);
    }
    await Promise.all(
      this.all.flatMap(({ name, node }) =>
        [...posts].filter(([author]) => author !== name).map(async ([author, post]) => {
          await node.event("message", ({ id }) => id === post, { timeoutMs })
            .catch((error) => Promise.reject(new Error(`${author} -> ${name}: ${error.message}`)));
        })
      ),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }

  async #settle(off: Way | undefined): Promise<void> {
    const [first, second] = this.#net.lans;
    const dht = off === "DHT" ? [] : ["--dht", "--dht-bootstrap", this.#entry];
    const far = await this.#move("Pia", this.#net.publics[0]!, { off, more: dht });
    const locator = text(await far.object(["locator"]), "locator");
    const more = [...dht, ...(off === "locator" ? [] : ["--join", locator])];
    if (off === "mapping") await this.#move("Pat", this.#net.publics[1]!, { off, more });
    if (off === "locator") await announced(far);
    await Promise.all([
      this.#move("Ada", first![0]!, { off, more }),
      this.#move("Bea", second![0]!, { off, more }),
    ]);
    await Promise.all([
      this.#move("Abe", first![1]!, { off }),
      this.#move("Bob", second![1]!, { off }),
    ]);
  }

  async #move(
    name: Name,
    host: Host,
    { off, more = [] }: { readonly off: Way | undefined; readonly more?: readonly string[] },
  ): Promise<Machine> {
    const machine = this.#stack.use(await Machine.make(host));
    await machine.identity(name);
    const ways = off === "broadcast" ? ["--no-lan"] : [];
    const node = await machine.start(["--unlock", "--eager", ...ways, ...more], {
      unlock: true,
      mdns: off !== "mDNS",
      portMapping: off !== "mapping",
    });
    this.all.push({ name, machine, node });
    return machine;
  }
}

const DHT_PEER = fileURLToPath(new URL("../../discovery/dht_peer.ts", import.meta.url));

async function dhtOn(host: Host): Promise<Running> {
  return await startScript(host, ["-c", `${ROOT}deno.json`, DHT_PEER, host.address, "5"]);
}

/** Waits until a node stands in the DHT: who looks before finds nothing, and looks again much later. */
async function announced(machine: Machine): Promise<void> {
  for (let n = 0; n < 100; n++) {
    const dht = asObject((await machine.object(["status"]))["dht"]);
    if (dht["announced"] !== null) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error("The node doesn't announce itself in the DHT");
}

/** What a node says of the node at an address; `undefined` when it knows none there. */
export async function peerOf({ machine }: Inhabitant, address: string): Promise<Json | undefined> {
  return (await machine.list(["peers"])).find((peer) => peer["address"] === address);
}
