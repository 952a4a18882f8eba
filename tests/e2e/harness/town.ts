/**
 * Two homes of two machines each and a machine on the internet, each with a node:
 *
 * ```
 * Ada, Abe    behind a router that maps ports by UPnP; avahi runs on Abe's machine
 * Bea, Bob    behind a router that maps nothing
 * Pia         on the internet
 * Pat         as well, where no port is mapped
 * ```
 * Ada, Bea and Pia know the internet's ways; Abe and Bob can only find the machine beside theirs.
 * Without mapping Pia could dial nobody, and then what she says waits for 10 to 20 minutes (PROTOCOL.md
 * section 6): Pat spares her that.
 */
import { Avahi } from "./avahi.ts";
import { Miniupnpd } from "./miniupnpd.ts";
import { type Homes, makeHomes } from "./nat.ts";
import { type Host } from "./netns.ts";
import { type Json, Machine, type RunningNode, text } from "./node.ts";

/** A way of finding or reaching others that can be switched off. */
export type Way = "broadcast" | "mDNS" | "mapping" | "locator";

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
  readonly router: Miniupnpd;
  readonly avahi: Avahi;

  private constructor(
    { net, router, avahi }: { net: Homes; router: Miniupnpd; avahi: Avahi },
    stack: AsyncDisposableStack,
  ) {
    this.#net = net;
    this.router = router;
    this.avahi = avahi;
    this.#stack = stack;
  }

  /** Builds it and starts all nodes, with one way switched off. */
  static async build(off?: Way): Promise<Town> {
    await using building = new AsyncDisposableStack();
    const net = building.use(await makeHomes({ homes: 2, hosts: 2, publics: 2, mapped: [0] }));
    const router = building.use(await Miniupnpd.start(net.gateways[0]!, "upnp"));
    const avahi = building.use(await Avahi.start(net.lans[0]![1]!));
    const town = new Town({ net, router, avahi }, building.move());
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
    await this.#move("Pia", this.#net.publics[0]!, { off });
    const locator = text(await this.of("Pia").machine.object(["locator"]), "locator");
    const join = off === "locator" ? [] : ["--join", locator];
    const reachable = ["--join", locator];
    if (off === "mapping") await this.#move("Pat", this.#net.publics[1]!, { off, more: reachable });
    await Promise.all([
      this.#move("Ada", first![0]!, { off, more: join }),
      this.#move("Bea", second![0]!, { off, more: join }),
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
  ): Promise<void> {
    const machine = this.#stack.use(await Machine.make(host));
    await machine.identity(name);
    const ways = off === "broadcast" ? ["--no-lan"] : [];
    const node = await machine.start(["--unlock", "--eager", ...ways, ...more], {
      unlock: true,
      mdns: off !== "mDNS",
      portMapping: off !== "mapping",
    });
    this.all.push({ name, machine, node });
  }
}

/** What a node says of the node at an address; `undefined` when it knows none there. */
export async function peerOf({ machine }: Inhabitant, address: string): Promise<Json | undefined> {
  return (await machine.list(["peers"])).find((peer) => peer["address"] === address);
}
