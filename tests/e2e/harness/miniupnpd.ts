/** Debian's miniupnpd on the router of a test home, with nftables to do what it says. */
import { join } from "node:path";
import { type Home, type Host, makeHome } from "./netns.ts";
import { type Running, startProgram } from "./process.ts";

const CHAIN = "prerouting_miniupnpd";

/** A router that has a side inside and one outside, and doesn't filter or translate yet. */
export interface Gateway {
  /** By its address inside. */
  readonly router: Host;
  /** Name of its interface inside. */
  readonly inside: string;
  /** Name of its interface outside. */
  readonly outside: string;
  /** The network inside, such as `10.88.1.0/24`. */
  readonly lan: string;
}

/** The router of a home. */
export function gatewayOf({ router }: Home): Gateway {
  return { router, inside: "lan0", outside: "wan0", lan: "10.88.1.0/24" };
}

/** Why no home can be tested here, or `undefined` when it can. */
export async function whyNoHome(): Promise<string | undefined> {
  for (const program of ["miniupnpd", "nft"]) {
    await using running = await startProgram(["sh", "-c", `command -v ${program}`]);
    if ((await running.end()).code !== 0) return `no ${program}`;
  }
  try {
    await using home = await makeHome();
    const gateway = gatewayOf(home);
    await run(gateway, ["nft", rules(gateway)]);
    return undefined;
  } catch (error) {
    return `no NAT by nftables here: ${error instanceof Error ? error.message : error}`;
  }
}

/** A router that masks its home, and maps ports for it. */
export class Miniupnpd implements AsyncDisposable {
  readonly #gateway: Gateway;
  readonly #stack: AsyncDisposableStack;
  readonly process: Running;

  private constructor(gateway: Gateway, process: Running, stack: AsyncDisposableStack) {
    this.#gateway = gateway;
    this.process = process;
    this.#stack = stack;
  }

  /** Starts it, speaking one of the protocols only. */
  static async start(gateway: Gateway, by: "upnp" | "nat-pmp"): Promise<Miniupnpd> {
    await using starting = new AsyncDisposableStack();
    const folder = await Deno.makeTempDir({ prefix: "gossamer-upnpd-" });
    starting.defer(() => Deno.remove(folder, { recursive: true }));
    await run(gateway, ["nft", rules(gateway)]);
    await run(gateway, ["sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward"]);
    const file = join(folder, "conf");
    await Deno.writeTextFile(file, config(gateway, by));
    const process = starting.use(
      await startProgram(["miniupnpd", "-d", "-f", file, "-P", join(folder, "pid")], {
        namespace: gateway.router.namespace,
      }),
    );
    const up = by === "upnp" ? "HTTP listening" : "Listening for NAT-PMP";
    await process.stderr.find((line) => line.includes(up) || undefined, { what: "miniupnpd" });
    return new Miniupnpd(gateway, process, starting.move());
  }

  /** Lines of the chain that hold mappings. */
  async mappings(): Promise<readonly string[]> {
    const rules = await run(this.#gateway, ["nft", `list chain inet filter ${CHAIN}`]);
    return rules.split("\n").filter((line) => line.includes("dnat"));
  }

  /** Waits until mappings are as told, looking again and again. */
  async until(fits: (mappings: readonly string[]) => boolean, timeoutMs = 30_000): Promise<void> {
    const end = performance.now() + timeoutMs;
    for (;;) {
      const mappings = await this.mappings();
      if (fits(mappings)) return;
      if (performance.now() > end) throw new Error(`Mappings stay: ${mappings.join("; ")}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

async function run({ router }: Gateway, command: readonly string[]): Promise<string> {
  await using running = await startProgram(command, { namespace: router.namespace });
  const { code, stdout, stderr } = await running.end();
  if (code !== 0) throw new Error(`${command[0]}: ${stderr.trim() || `exit status ${code}`}`);
  return stdout;
}

function rules({ inside, outside }: Gateway): string {
  return `table inet filter {
  chain forward { type filter hook forward priority 0; policy drop;
    ct state established,related accept; iifname "${inside}" accept; jump miniupnpd; }
  chain miniupnpd { }
  chain prerouting { type nat hook prerouting priority -100; jump ${CHAIN}; }
  chain ${CHAIN} { }
  chain postrouting { type nat hook postrouting priority 100;
    oifname "${outside}" masquerade; jump postrouting_miniupnpd; }
  chain postrouting_miniupnpd { }
}`;
}

function config({ inside, outside, lan }: Gateway, by: "upnp" | "nat-pmp"): string {
  return `ext_ifname=${outside}
listening_ip=${inside}
port=0
enable_upnp=${by === "upnp" ? "yes" : "no"}
enable_natpmp=${by === "upnp" ? "no" : "yes"}
min_lifetime=2
max_lifetime=86400
secure_mode=yes
uuid=11111111-2222-3333-4444-555555555555
allow 1024-65535 ${lan} 1024-65535
deny 0-65535 0.0.0.0/0 0-65535
upnp_table_name=filter
upnp_nat_table_name=filter
upnp_forward_chain=miniupnpd
upnp_nat_chain=${CHAIN}
upnp_nat_postrouting_chain=postrouting_miniupnpd
`;
}
