/**
 * Homes behind routers that translate addresses and map nothing, and public hosts, made of network
 * namespaces:
 *
 * ```
 * internet namespace: eth to each router and each public host; it routes public addresses only
 * router namespace n: 41.7.n.2 outside, 192.168.1.1 inside; masquerade, new connections outward only
 * home namespace n:   192.168.1.2
 * public namespace n: 4x.9.1.2
 * ```
 * The addresses are real ones, so that nodes take them for the internet; nothing leaves the namespaces.
 */
import { canNetwork, type Host, inside, ip, NamespaceSet, networkTest } from "./netns.ts";

/** What {@linkcode makeHomes} made. Disposing removes every namespace. */
export interface Homes extends AsyncDisposable {
  /** Hosts behind one router each. */
  readonly homes: readonly Host[];
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
}

/** Makes them. */
export async function makeHomes({ homes, publics }: HomesOptions): Promise<Homes> {
  const set = await NamespaceSet.make();
  try {
    const internet = await set.add("internet");
    await forward(internet);
    const made = { homes: [] as Host[], routers: [] as string[], publics: [] as Host[] };
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
      const namespace = await set.add(`home-${n}`);
      await link(router, { port: "home", to: namespace });
      await ip("-n", router, "addr", "add", "192.168.1.1/24", "dev", "home");
      await ip("-n", namespace, "addr", "add", "192.168.1.2/24", "brd", "+", "dev", "eth0");
      await ip("-n", namespace, "route", "add", "default", "via", "192.168.1.1");
      await forward(router);
      await masquerade(router);
      made.homes.push({ namespace, address: "192.168.1.2" });
      made.routers.push(`${network}.2`);
    }
    return { ...made, [Symbol.asyncDispose]: () => set[Symbol.asyncDispose]() };
  } catch (error) {
    await set[Symbol.asyncDispose]();
    throw error;
  }
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
