/**
 * The little HTTP that a router understands: one request, one answer of bounded size, from exactly
 * the machine that is meant. No redirections, no proxies of the environment, no names, no cookies.
 */
import type { Place } from "./igd_codec.ts";

/** Longest answer, in bytes; descriptions have a few thousand. */
export const MAX_ANSWER_BYTES = 65_536;

/** Milliseconds for a request and its answer. */
const TIMEOUT_MS = 5_000;

/** An answer. */
export interface HttpAnswer {
  /** Status code. */
  readonly status: number;
  /** What came behind the header, read as UTF-8. */
  readonly body: string;
}

/** Asks; with a `body` by POST. Rejects when nobody answers in time, too much, or something else than HTTP. */
export async function ask(
  { host, port, path }: Place,
  { from, body, headers = [] }: {
    readonly from: string;
    readonly body?: string;
    readonly headers?: readonly string[];
  },
): Promise<HttpAnswer> {
  const content = new TextEncoder().encode(body ?? "");
  const header = [
    `${body === undefined ? "GET" : "POST"} ${path} HTTP/1.0`,
    `Host: ${host}:${port}`,
    ...headers,
    ...(body === undefined ? [] : [`Content-Length: ${content.length}`]),
    "Connection: close",
  ].join("\r\n");
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const connection = await Deno.connect({ hostname: host, port, signal });
  const end = (): void => connection.close();
  signal.addEventListener("abort", end, { once: true });
  try {
    // Through another network than the one that was asked, another machine of that address would answer.
    if (connection.localAddr.hostname !== from) throw new Error("The router is on another network");
    const writer = connection.writable.getWriter();
    await writer.write(new TextEncoder().encode(`${header}\r\n\r\n`));
    if (content.length > 0) await writer.write(content);
    return parse(await readAll(connection));
  } finally {
    signal.removeEventListener("abort", end);
    if (!signal.aborted) {
      try {
        connection.close();
      } catch {
        // The other side was faster.
      }
    }
  }
}

async function readAll(connection: Deno.TcpConn): Promise<string> {
  const bytes = new Uint8Array(MAX_ANSWER_BYTES + 1);
  let length = 0;
  for (;;) {
    const read = await connection.read(bytes.subarray(length));
    if (read === null) return new TextDecoder().decode(bytes.subarray(0, length));
    length += read;
    if (length > MAX_ANSWER_BYTES) throw new Error("The router says too much");
    if (isWhole(bytes.subarray(0, length))) {
      return new TextDecoder().decode(bytes.subarray(0, length));
    }
  }
}

/** Not every router closes the connection, though it was asked to. */
function isWhole(bytes: Uint8Array): boolean {
  const text = new TextDecoder("latin1").decode(bytes);
  const end = text.indexOf("\r\n\r\n");
  const length = /^content-length:[ \t]*(\d{1,6})[ \t]*$/im.exec(text.slice(0, Math.max(0, end)));
  return end >= 0 && length !== null && bytes.length >= end + 4 + Number(length[1]);
}

function parse(text: string): HttpAnswer {
  const status = /^HTTP\/1\.[01] (\d{3})/.exec(text)?.[1];
  const end = text.indexOf("\r\n\r\n");
  if (status === undefined || end < 0) throw new Error("The router doesn't speak HTTP");
  return { status: Number(status), body: text.slice(end + 4) };
}
