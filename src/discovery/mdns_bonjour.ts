/** DNS-SD by the package `bonjour-service`, one of its responders and browsers for each network. */
import { Bonjour, type Browser, type Service } from "bonjour-service";
import type { InterfaceAddress } from "./broadcast.ts";
import { SERVICE_TYPE } from "./mdns_packets.ts";
import type { FoundService, MdnsLink, MdnsLinkOptions, PacketsHeard } from "./mdns_port.ts";
import { MDNS_PORT, type MdnsSocket, openMdnsSocket } from "./mdns_socket.ts";
import { realTime } from "./time.ts";

/** Services after which the browser is replaced: it forgets none of their names. */
const MAX_SERVICES = 1_024;

/** How long a goodbye may take, in milliseconds. */
const GOODBYE_MS = 1_000;

const TYPE = "gossamer";

/** Starts on one network. Rejects when the port can't be shared or the network has just gone. */
export async function openBonjour(
  network: InterfaceAddress,
  options: MdnsLinkOptions,
): Promise<MdnsLink> {
  const { name, target } = options.announcement;
  const own = { service: `${name}.${SERVICE_TYPE}`, target };
  const socket = await openMdnsSocket(network, { own, time: realTime });
  return new BonjourLink(socket, network, options);
}

class BonjourLink implements MdnsLink {
  readonly #socket: MdnsSocket;
  readonly #bonjour: Bonjour;
  readonly #onService: (service: FoundService) => void;
  #browser: Browser;
  #services = 0;
  #stopping: Promise<void> | undefined;

  constructor(
    socket: MdnsSocket,
    network: InterfaceAddress,
    { announcement, onService }: MdnsLinkOptions,
  ) {
    this.#socket = socket;
    this.#onService = onService;
    const settings = {
      ...{ socket, port: MDNS_PORT, interface: network.address, bind: "0.0.0.0" },
    };
    this.#bonjour = new Bonjour(settings, () => {});
    this.#bonjour.publish({
      name: announcement.name,
      type: TYPE,
      port: announcement.tcpPort,
      // Else it would be the machine's own name.
      host: announcement.target,
      txt: { tag: announcement.tag },
      disableIPv6: true,
      // The name is random; and whoever answered a probe would have the library print on stdout.
      probe: false,
    });
    this.#browser = this.#browse();
  }

  heard(): PacketsHeard {
    return this.#socket.packets;
  }

  ask(): void {
    if (this.#stopping === undefined) this.#browser.update();
  }

  rejoin(): void {
    this.#socket.rejoin();
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#end();
    return this.#stopping;
  }

  async #end(): Promise<void> {
    this.#browser.stop();
    this.#socket.sayGoodbye();
    await within(GOODBYE_MS, (done) => this.#bonjour.unpublishAll(done));
    await within(GOODBYE_MS, (done) => this.#bonjour.destroy(done));
  }

  #browse(): Browser {
    const browser = this.#bonjour.find({ type: TYPE });
    browser.on("up", (service) => {
      // What it remembers would be told once only, and grow as long as somebody makes up names.
      browser.services.length = 0;
      if (++this.#services > MAX_SERVICES) {
        this.#services = 0;
        browser.stop();
        this.#browser = this.#browse();
      }
      const found = foundService(service);
      if (found !== undefined) this.#onService(found);
    });
    return browser;
  }
}

/** What the library read, each part looked at anew: its types promise more than it checks. */
function foundService({ name, port, referer, addresses, txt }: Service): FoundService | undefined {
  const sender: unknown = referer?.address;
  if (typeof name !== "string" || typeof port !== "number" || typeof sender !== "string") {
    return undefined;
  }
  const tag: unknown = typeof txt === "object" && txt !== null ? txt["tag"] : undefined;
  return {
    ...{ name, port, sender },
    addresses: (addresses ?? []).filter((one) => typeof one === "string" && !one.includes(":")),
    tag: typeof tag === "string" ? tag : undefined,
  };
}

function within(ms: number, start: (done: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    start(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
