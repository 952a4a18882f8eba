/**
 * Homes behind routers that translate addresses and map nothing unless told to, and public hosts,
 * made of network namespaces:
 *
 * ```
 * internet namespace: eth to each router and each public host; it routes public addresses only
 * router namespace n: 41.7.n.2 outside, 192.168.1.1 inside; masquerade, new connections outward only
 * home namespaces n:  192.168.1.2, 192.168.1.3 and so on, on one bridge
 * public namespace n: 4x.9.1.2
 * ```
 * The addresses are real ones, so that nodes take them for the internet; nothing leaves the namespaces.
 */
import type { Gateway } from "./miniupnpd.ts";
import { canNetwork, type Host, inside, ip, NamespaceSet, networkTest } from "./netns.ts";

/** The routers' side that is at home. */
const INSIDE = "home";

/** What {@linkcode makeHomes} made. Disposing removes every namespace. */
export interface Homes extends AsyncDisposable {
  /** The first host behind each router. */
  readonly homes: readonly Host[];
  /** All hosts behind each router. */
  readonly lans: readonly (readonly Host[])[];
  /** The routers, as those see them who make them map ports. */
  readonly gateways: readonly Gateway[];
  /** Addresses of the routers, outside. */
  readonly routers: readonly string[];
  /** Hosts with an address on the internet, each of another group. */
  readonly publics: readonly Host[];
}

/** Why no router can be made here, or `undefined` when one can. */
async function whyNoRouter(): Promise<string | undefined> {
  try {
    await using set = await NamespaceSet.make();
    await masquerade(await set.add("probe"));
    return undefined;
  } catch (error) {
    return `no masquerade here: ${error instanceof Error ? error.message : error}`;
  }
}

/** As `networkTest`, for tests that need routers too. */
export async function natTest(
  name: string,
  run: (t: Deno.TestContext) => Promise<void>,
): Promise<void> {
  const why = canNetwork ? await whyNoRouter() : undefined;
  if (why === undefined) return networkTest(name, run);
  Deno.test({ name: `${name} (skipped: ${why})`, ignore: true, fn: run });
}

/** How many of each. */
export interface HomesOptions {
  readonly homes: number;
  readonly publics: number;
  /** Hosts behind each router; 1 unless told. */
  readonly hosts?: number;
  /** Which routers are left without rules, for {@linkcode Miniupnpd} to bring its own. */
  readonly mapped?: readonly number[];
}

/** Makes them. */
export async function makeHomes(options: HomesOptions): Promise<Homes> {
  const { homes, publics, hosts = 1, mapped = [] } = options;
  const set = await NamespaceSet.make();
  try {
    const internet = await set.add("internet");
    await forward(internet);
    const made = {
      lans: [] as (readonly Host[])[],
      routers: [] as string[],
      gateways: [] as Gateway[],
      publics: [] as Host[],
    };
    for (let n = 0; n < publics; n++) {
      const namespace = await set.add(`public-${n}`);
      const address = `4${n + 2}.9.1.2`;
      await attach({ internet, namespace, port: `public${n}`, network: `4${n + 2}.9.1` });
      made.publics.push({ namespace, address });
    }
    for (let n = 0; n < homes; n++) {
      const router = await set.add(`router-${n}`);
      const network = `41.${n + 7}.1`;
      await attach({ internet, namespace: router, port: `router${n}`, network });
      await ip("-n", router, "link", "add", INSIDE, "type", "bridge");
      await ip("-n", router, "addr", "add", "192.168.1.1/24", "brd", "+", "dev", INSIDE);
      await ip("-n", router, "link", "set", INSIDE, "up");
      const lan: Host[] = [];
      for (let i = 0; i < hosts; i++) {
        const namespace = await set.add(`home-${n}-${i}`);
        lan.push(await moveIn(namespace, { router, number: i }));
      }
      await forward(router);
      if (!mapped.includes(n)) await masquerade(router);
      made.lans.push(lan);
      made.routers.push(`${network}.2`);
      const host = { namespace: router, address: "192.168.1.1" };
      made.gateways.push({ router: host, inside: INSIDE, outside: "eth0", lan: "192.168.1.0/24" });
    }
    const homesMade = made.lans.map(([first]) => first!);
    return { ...made, homes: homesMade, [Symbol.asyncDispose]: () => set[Symbol.asyncDispose]() };
  } catch (error) {
    await set[Symbol.asyncDispose]();
    throw error;
  }
}

/** Plugs a host into the switch of a home, and tells it its address and its router. */
async function moveIn(
  namespace: string,
  { router, number }: { readonly router: string; readonly number: number },
): Promise<Host> {
  const port = `home${number}`;
  const address = `192.168.1.${number + 2}`;
  await link(router, { port, to: namespace });
  await ip("-n", router, "link", "set", port, "master", INSIDE);
  await ip("-n", namespace, "addr", "add", `${address}/24`, "brd", "+", "dev", "eth0");
  await ip("-n", namespace, "route", "add", "default", "via", "192.168.1.1");
  return { namespace, address };
}

/** Gives a namespace an address on the internet, whose other end is in the middle. */
async function attach({ internet, namespace, port, network }: {
  readonly internet: string;
  readonly namespace: string;
  readonly port: string;
  readonly network: string;
}): Promise<void> {
  await link(internet, { port, to: namespace });
  await ip("-n", internet, "addr", "add", `${network}.1/24`, "dev", port);
  await ip("-n", namespace, "addr", "add", `${network}.2/24`, "brd", "+", "dev", "eth0");
  await ip("-n", namespace, "route", "add", "default", "via", `${network}.1`);
}

async function link(
  from: string,
  { port, to }: { readonly port: string; readonly to: string },
): Promise<void> {
  const peer = ["peer", "name", port, "netns", from];
  await ip("link", "add", "eth0", "netns", to, "type", "veth", ...peer);
  await ip("-n", from, "link", "set", port, "up");
  await ip("-n", to, "link", "set", "eth0", "up");
}

async function forward(namespace: string): Promise<void> {
  // Not by sysctl: a fresh Debian has none.
  await inside(namespace, "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward");
}

/** What a home's router does: all leave by its address, and only what they began comes back. */
async function masquerade(router: string): Promise<void> {
  const rules = [
    "table ip nat {",
    "chain out { type nat hook postrouting priority 100; oifname eth0 masquerade; }",
    "}",
    "table ip filter {",
    "chain in { type filter hook input priority 0; iifname eth0 ct state new drop; }",
    "chain through { type filter hook forward priority 0;",
    "iifname eth0 ct state new drop; }",
    "}",
  ];
  await inside(router, "nft", rules.join("\n"));
}
