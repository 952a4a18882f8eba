/**
 * SOCKS5 as a client (RFC 1928, RFC 1929): asks a proxy for a connection. Of every answer exactly its
 * bytes are read, so that what follows belongs to the connection; none is longer than 262 bytes. Who
 * calls limits the time.
 */
import { parseIp } from "../wire/ip.ts";
import type { Credentials } from "./proxy.ts";

const VERSION = 5;
const NO_CREDENTIALS = 0;
const WITH_CREDENTIALS = 2;
const CREDENTIALS_VERSION = 1;
const CONNECT = 1;
const IPV4 = 1;
const NAME = 3;
const IPV6 = 4;
const MAX_NAME_BYTES = 255;

/** What the codes of a refusal mean (RFC 1928 section 6). */
const REFUSALS: readonly string[] = [
  "",
  "general failure",
  "not allowed by its rules",
  "network unreachable",
  "host unreachable",
  "connection refused",
  "no answer in time",
  "command not supported",
  "type of address not supported",
];

/** Those that speak of the node and not of the proxy: Tor says 1 for an onion that isn't there. */
const UNREACHED: readonly number[] = [1, 3, 4, 5, 6];

/** A stream to the proxy. */
export interface ProxyStream {
  /** Reads at least one byte into the buffer; null at the end. */
  read(buffer: Uint8Array): Promise<number | null>;
  /** Writes some of the bytes; answers how many. */
  write(bytes: Uint8Array): Promise<number>;
}

/** What is asked of a proxy. */
export interface ProxyRequest {
  /** IP address without brackets, onion, or a name, which the proxy looks up. */
  readonly host: string;
  /** TCP port. */
  readonly port: number;
  /** User name and password. */
  readonly credentials: Credentials;
  /** Whether a proxy that wants no credentials is all right. */
  readonly optional: boolean;
}

/** The proxy said no, or something that is no answer. */
export class ProxyError extends Error {
  /** Name of the class. */
  override readonly name = "ProxyError";
}

/** The proxy did its part, and didn't reach the node. */
export class UnreachedError extends ProxyError {
}

/** Has the proxy connect. Rejects with a {@linkcode ProxyError}, or as the stream does. */
export async function askProxy(stream: ProxyStream, request: ProxyRequest): Promise<void> {
  const methods = request.optional ? [NO_CREDENTIALS, WITH_CREDENTIALS] : [WITH_CREDENTIALS];
  // Before anything is sent: a name that doesn't fit is our own mistake.
  const target = encodeTarget(request);
  await writeAll(stream, Uint8Array.of(VERSION, methods.length, ...methods));
  const [version, method] = await readExactly(stream, 2);
  if (version !== VERSION) throw new ProxyError("It is no SOCKS5 proxy");
  if (method === undefined || !methods.includes(method)) {
    throw new ProxyError("The proxy takes neither these credentials nor none");
  }
  if (method === WITH_CREDENTIALS) await logIn(stream, request.credentials);
  await writeAll(stream, Uint8Array.of(VERSION, CONNECT, 0, ...target));
  await readReply(stream);
}

async function logIn(stream: ProxyStream, { user, password }: Credentials): Promise<void> {
  const login = [CREDENTIALS_VERSION, user.length, ...user, password.length, ...password];
  await writeAll(stream, Uint8Array.from(login));
  const [version, status] = await readExactly(stream, 2);
  if (version !== CREDENTIALS_VERSION || status !== 0) {
    throw new ProxyError("The proxy refuses the user name and password");
  }
}

async function readReply(stream: ProxyStream): Promise<void> {
  const [version, status = 0, , type] = await readExactly(stream, 4);
  if (version !== VERSION) throw new ProxyError("The proxy's answer is none");
  if (status !== 0) {
    const why = `The proxy could not connect: ${REFUSALS[status] ?? `code ${status}`}`;
    throw UNREACHED.includes(status) ? new UnreachedError(why) : new ProxyError(why);
  }
  // The address that it connected from: read and dropped.
  await readExactly(stream, await boundLength(stream, type) + 2);
}

async function boundLength(stream: ProxyStream, type: number | undefined): Promise<number> {
  if (type === IPV4) return 4;
  if (type === IPV6) return 16;
  if (type !== NAME) throw new ProxyError("The proxy's answer is none");
  return (await readExactly(stream, 1))[0] ?? 0;
}

function encodeTarget({ host, port }: ProxyRequest): readonly number[] {
  const ip = parseIp(host);
  const name = new TextEncoder().encode(host);
  if (ip === undefined && (name.length === 0 || name.length > MAX_NAME_BYTES)) {
    throw new ProxyError("A name of 1 to 255 bytes is needed");
  }
  const address = ip === undefined
    ? [NAME, name.length, ...name]
    : [ip.length === 4 ? IPV4 : IPV6, ...ip];
  return [...address, port >> 8, port & 0xff];
}

async function readExactly(stream: ProxyStream, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length;) {
    const count = await stream.read(bytes.subarray(at));
    if (count === null) throw new ProxyError("The proxy hung up");
    at += count;
  }
  return bytes;
}

async function writeAll(stream: ProxyStream, bytes: Uint8Array): Promise<void> {
  for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await stream.write(rest));
}
