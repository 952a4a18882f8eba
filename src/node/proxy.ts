/** The proxy as the owner names it: `socks5://[USER:PASSWORD@]HOST:PORT`. */
import { addressOf, hostPort, splitPort } from "../wire/address.ts";
import { Private } from "../wire/privacy.ts";
import { UserError } from "./user_error.ts";

/** Longest user name and password that SOCKS5 carries, in bytes (RFC 1929). */
const MAX_CREDENTIAL_BYTES = 255;

/** User name and password, 1 to 255 bytes each. */
export interface Credentials {
  /** User name. */
  readonly user: Uint8Array;
  /** Password. */
  readonly password: Uint8Array;
}

/** A SOCKS5 proxy. */
export interface Proxy {
  /** Its IP address, without brackets. */
  readonly host: string;
  /** Its TCP port. */
  readonly port: number;
  /** For every connection; absent: others for each, if it takes any. */
  readonly credentials?: Private<Credentials>;
}

/** Reads the URL of a proxy. Throws a `UserError` of code `usage`, which never shows the password. */
export function parseProxy(url: string): Proxy {
  const [, userInfo, place = ""] = /^socks5h?:\/\/(?:(.*)@)?([^@/?#]+)\/?$/is.exec(url.trim()) ??
    [];
  const parts = splitPort(place);
  if (parts?.port === undefined) throw usage("It is written socks5://HOST:PORT");
  const { port } = parts;
  // Looking a name up would be the one thing that goes beside the proxy.
  const host = parts.host.toLowerCase() === "localhost" ? "127.0.0.1" : parts.host;
  const address = addressOf(host, port);
  if (address === undefined || host.toLowerCase().endsWith(".onion")) {
    throw usage("Its host must be an IP address or localhost, since no name is looked up");
  }
  const where = hostPort(address);
  if (userInfo === undefined) return where;
  const colon = userInfo.indexOf(":");
  if (colon < 0) throw usage("Before the @ stands USER:PASSWORD");
  return {
    ...where,
    credentials: credentials({
      user: credential(userInfo.slice(0, colon)),
      password: credential(userInfo.slice(colon + 1)),
    }),
  };
}

function credentials(both: Credentials): Private<Credentials> {
  return new Private(both);
}

function credential(text: string): Uint8Array {
  let bytes: Uint8Array;
  try {
    bytes = new TextEncoder().encode(decodeURIComponent(text));
  } catch {
    throw usage("User name and password have a wrong percent-encoding");
  }
  if (bytes.length >= 1 && bytes.length <= MAX_CREDENTIAL_BYTES) return bytes;
  throw usage(`User name and password have 1 to ${MAX_CREDENTIAL_BYTES} bytes each`);
}

function usage(why: string): UserError {
  return new UserError("usage", `--proxy: ${why}. Nothing was started.`);
}
