/**
 * Locators (docs/PROTOCOL.md section 9): what one person gives another so that two nodes, or two
 * people, find each other.
 *
 * ```
 * g:?a=203.0.113.7:14677&a=[2001:db8::1]:14677&i=g1….qqqqqqqqqqqqqqqq&s=g1…&n=main
 *    a  address: IP, onion or host name; port optional
 *    i  identity; after the dot the first 80 bits of its heir in bech32's alphabet
 *    s  identity of a starter list
 *    n  network; absent = main
 * ```
 * Any number, any order, unknown parameters ignored. Everything may be upper case and
 * percent-encoded, so that it fits the alphanumeric mode of a QR code.
 */
import { addressOf, type NodeAddress, splitPort } from "./address.ts";
import { formatIdentity, type IdentityKey, parseIdentity } from "./ids.ts";
import { MAIN_NETWORK, type NetworkName, parseNetworkName } from "./labels.ts";
import { DEFAULT_PORT, MAX_LOCATOR_CHARS } from "./limits.ts";

/** Bytes of an heir that a locator carries: 80 bits, 16 characters. */
export const HEIR_PREFIX_BYTES = 10;

/** An address, or a name that is to be looked up when the user joins: the user gave it. */
export type LocatorAddress =
  | { readonly kind: "address"; readonly address: NodeAddress }
  | { readonly kind: "name"; readonly host: string; readonly port: number };

/** An identity to follow. */
export interface LocatorIdentity {
  /** Its public key. */
  readonly key: IdentityKey;
  /** First {@linkcode HEIR_PREFIX_BYTES} bytes of its heir; zeros = it has none; absent = not said. */
  readonly heirPrefix?: Uint8Array;
}

/** What a locator says, without repetitions, in its order. */
export interface Locator {
  /** Where nodes may be found. */
  readonly addresses: readonly LocatorAddress[];
  /** Whom to follow. */
  readonly identities: readonly LocatorIdentity[];
  /** Whose lists to begin with. */
  readonly starters: readonly IdentityKey[];
  /** The network that all this is on. */
  readonly network: NetworkName;
}

/** A locator, or why the text isn't one, as a sentence for the user without the full stop. */
export type LocatorResult =
  | { readonly kind: "locator"; readonly locator: Locator }
  | { readonly kind: "bad"; readonly reason: string };

const ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const START = "g:?";

/**
 * Reads a locator as people and their mail programs hand it on: case, white space anywhere, `&amp;`
 * and percent-encoding are forgiven. At most `MAX_LOCATOR_CHARS` characters, white space not
 * counted. Never throws; looks nothing up.
 */
export function parseLocator(text: string): LocatorResult {
  const bare = text.replace(/\s+/g, "");
  if (bare.length > MAX_LOCATOR_CHARS) {
    return bad(`A locator has at most ${MAX_LOCATOR_CHARS} characters, this has ${bare.length}`);
  }
  // Parameters are split before they are decoded, unless the separators are encoded as well.
  const whole = bare.slice(0, START.length).toLowerCase() === START ? bare : percentDecode(bare);
  if (whole?.slice(0, START.length).toLowerCase() !== START) {
    return bad(`A locator begins with ${START}`);
  }
  const draft = new Draft();
  for (const parameter of whole.slice(START.length).replace(/&(?:amp;)+/gi, "&").split("&")) {
    const decoded = percentDecode(parameter);
    if (decoded === undefined) return bad(`Wrong percent-encoding in ${quote(parameter)}`);
    const equals = decoded.indexOf("=");
    if (equals < 0) continue;
    const reason = draft.add(decoded.slice(0, equals), decoded.slice(equals + 1));
    if (reason !== undefined) return bad(reason);
  }
  return draft.result();
}

/**
 * Writes a locator in its plain form: lower case, ports always given. Throws a `RangeError` when it
 * would be longer than `MAX_LOCATOR_CHARS`, or when a heir prefix has not its 10 bytes.
 */
export function formatLocator(locator: Locator): string {
  const parameters = [
    ...locator.addresses.map((entry) =>
      `a=${entry.kind === "address" ? entry.address : `${entry.host}:${entry.port}`}`
    ),
    ...locator.identities.map(({ key, heirPrefix }) =>
      `i=${formatIdentity(key)}${heirPrefix === undefined ? "" : `.${formatHeir(heirPrefix)}`}`
    ),
    ...locator.starters.map((key) => `s=${formatIdentity(key)}`),
    `n=${locator.network}`,
  ];
  const text = START + parameters.join("&");
  if (text.length > MAX_LOCATOR_CHARS) {
    throw new RangeError(`Locator longer than ${MAX_LOCATOR_CHARS} characters: ${text.length}`);
  }
  return text;
}

/** What was read so far; `add` answers with the reason when a value is wrong. */
class Draft {
  readonly #addresses = new Map<string, LocatorAddress>();
  readonly #identities = new Map<IdentityKey, LocatorIdentity>();
  readonly #starters = new Set<IdentityKey>();
  #network: NetworkName | undefined;

  add(name: string, value: string): string | undefined {
    switch (name) {
      case "a":
        return this.#addAddress(value);
      case "i":
        return this.#addIdentity(value);
      case "s": {
        const key = parseIdentity(value);
        if (key === undefined) return `Not an identity: ${quote(value)}`;
        this.#starters.add(key);
        return undefined;
      }
      case "n": {
        const network = parseNetworkName(value);
        if (network === undefined) return `Not a name of a network: ${quote(value)}`;
        if (this.#network !== undefined && this.#network !== network) {
          return "The locator names two networks";
        }
        this.#network = network;
        return undefined;
      }
      default:
        return undefined;
    }
  }

  result(): LocatorResult {
    if (this.#addresses.size + this.#identities.size + this.#starters.size === 0) {
      return bad("The locator holds no address and no identity");
    }
    const locator = {
      addresses: [...this.#addresses.values()],
      identities: [...this.#identities.values()],
      starters: [...this.#starters],
      network: this.#network ?? MAIN_NETWORK,
    };
    return { kind: "locator", locator };
  }

  #addAddress(value: string): string | undefined {
    const parts = splitPort(value);
    if (parts === undefined) return `Not an address: ${quote(value)}`;
    const { host, port = DEFAULT_PORT } = parts;
    const address = addressOf(host, port);
    if (address !== undefined) {
      this.#addresses.set(address, { kind: "address", address });
      return undefined;
    }
    // A mistyped onion must not become a question to a name server.
    if (/\.onion\.?$/.test(host)) return `Not an onion address of version 3: ${quote(host)}`;
    if (!isHostName(host)) return `Not an address: ${quote(value)}`;
    this.#addresses.set(`${host}:${port}`, { kind: "name", host, port });
    return undefined;
  }

  #addIdentity(value: string): string | undefined {
    const [name = "", heir, ...rest] = value.split(".");
    const key = parseIdentity(name);
    if (key === undefined || rest.length > 0) return `Not an identity: ${quote(value)}`;
    const heirPrefix = heir === undefined ? undefined : parseHeir(heir);
    if (heir !== undefined && heirPrefix === undefined) return `Not an heir: ${quote(heir)}`;
    const before = this.#identities.get(key)?.heirPrefix;
    if (before !== undefined && heirPrefix !== undefined) {
      if (!before.every((byte, i) => byte === heirPrefix[i])) {
        return `The locator names two heirs of ${quote(name)}`;
      }
    }
    const known = before ?? heirPrefix;
    this.#identities.set(key, known === undefined ? { key } : { key, heirPrefix: known });
    return undefined;
  }
}

/** Decodes, then takes away white space and case once more, which may have been encoded. */
function percentDecode(text: string): string | undefined {
  try {
    return decodeURIComponent(text).replace(/\s+/g, "").toLowerCase();
  } catch {
    return undefined;
  }
}

/**
 * Whether text, lower case, is a host name: letters, digits and hyphens in labels; the last not a
 * number, or it would be a mistyped IP address.
 */
export function isHostName(host: string): boolean {
  return host.length <= 253 && !/(^|\.)\d+$/.test(host) &&
    host.split(".").every((label) => /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(label));
}

function formatHeir(bytes: Uint8Array): string {
  if (bytes.length !== HEIR_PREFIX_BYTES) {
    throw new RangeError(`A locator carries ${HEIR_PREFIX_BYTES} bytes of an heir`);
  }
  // 80 bits are exactly 16 characters of 5 bits.
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, "0")).join("");
  return bits.replace(/.{5}/g, (five) => ALPHABET[parseInt(five, 2)]!);
}

function parseHeir(text: string): Uint8Array | undefined {
  const values = Array.from(text, (character) => ALPHABET.indexOf(character));
  if (values.length !== HEIR_PREFIX_BYTES * 8 / 5 || values.includes(-1)) return undefined;
  const bits = values.map((value) => value.toString(2).padStart(5, "0")).join("");
  return Uint8Array.from(bits.match(/.{8}/g) ?? [], (byte) => parseInt(byte, 2));
}

/** A value from the text, fit to be printed: no control characters, not too long. */
function quote(value: string): string {
  const clean = value.replace(/[^\x21-\x7e]/g, "?");
  return `"${clean.length > 80 ? `${clean.slice(0, 77)}...` : clean}"`;
}

function bad(reason: string): LocatorResult {
  return { kind: "bad", reason };
}
