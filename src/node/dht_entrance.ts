/** By which nodes BitTorrent's DHT is entered, and which addresses may be asked there. */
import { addressOf, hostBytes, type NodeAddress } from "../wire/address.ts";
import { mayDial, type Scope, scopeOf } from "../wire/address_rules.ts";
import { bootstrapPlace, MAX_BOOTSTRAP } from "./dht_options.ts";

/** Where the DHT is entered unless the owner says otherwise. */
export const WELL_KNOWN: readonly string[] = [
  "router.bittorrent.com:6881",
  "dht.transmissionbt.com:6881",
  "router.utorrent.com:6881",
];

/** The way in. */
export class DhtEntrance {
  readonly #given: readonly string[];
  readonly #lookUp: (host: string) => Promise<readonly string[]>;
  #named: ReadonlySet<NodeAddress>;

  /** Takes what the owner gave, checked by `checkDht`; looks nothing up yet. */
  constructor(
    given: readonly string[],
    lookUp: (host: string) => Promise<readonly string[]>,
  ) {
    this.#given = given;
    this.#lookUp = lookUp;
    this.#named = new Set(given.map(literal).filter((address) => address !== undefined));
  }

  /** The ranges that this DHT shares: the internet, and those of what the owner named. */
  get scopes(): ReadonlySet<Scope> {
    return new Set<Scope>(["global", ...[...this.#named].map(scopeOf)]);
  }

  /** Their addresses; names are looked up anew each time, since such hosts move. Never rejects. */
  async addresses(): Promise<readonly NodeAddress[]> {
    const own = this.#given.length > 0;
    const found = await Promise.all((own ? this.#given : WELL_KNOWN).map((one) => this.#find(one)));
    // The owner may name anything; for a well-known name a name server may say anything.
    const right = found.flat().filter((address) => own || scopeOf(address) === "global");
    this.#named = new Set(right.slice(0, 2 * MAX_BOOTSTRAP));
    return [...this.#named];
  }

  /** The rule of docs/PROTOCOL.md section 6, with the ranges of those that were named. */
  mayAsk(address: NodeAddress): boolean {
    if (this.#named.has(address)) return true;
    return this.scopes.has(scopeOf(address)) && mayDial({ address, heardFrom: address });
  }

  async #find(text: string): Promise<readonly NodeAddress[]> {
    const address = literal(text);
    if (address !== undefined) return [address];
    const { host, port } = bootstrapPlace(text) ?? { host: "", port: 0 };
    // Not to be had at the moment: the others may be, and the next try comes.
    const hosts = await this.#lookUp(host).catch(() => []);
    return hosts.map((one) => addressOf(one, port))
      .filter((one) => one !== undefined)
      .filter((one) => hostBytes(one).length === 4);
  }
}

function literal(text: string): NodeAddress | undefined {
  const place = bootstrapPlace(text);
  return place && addressOf(place.host, place.port);
}
