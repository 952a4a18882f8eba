/** How dials fare, by kind. */
import assert from "node:assert/strict";
import { dialFailure, DialWatch } from "../../src/node/dial_watch.ts";
import { ProxyError, UnreachedError } from "../../src/node/socks5.ts";

const HANDSHAKES = { counts: () => ({ refused: 1, hungUp: 2 }) };

function systemError(code: string): Error {
  return Object.assign(new Error("The system's words"), { code });
}

function watch(proxied = false): { dials: DialWatch; at: (ms: number) => void } {
  let now = 0;
  return { dials: new DialWatch({ steady: () => now, proxied }), at: (ms) => now = ms };
}

async function fail(
  dials: DialWatch,
  error: Error,
  signal = new AbortController().signal,
): Promise<void> {
  await assert.rejects(dials.dial(Promise.reject(error), signal), error);
}

Deno.test("failed dials are told apart by what the system says", () => {
  const kinds = (proxied: boolean): unknown[] =>
    [
      systemError("ECONNREFUSED"),
      systemError("ETIMEDOUT"),
      new Error("Connecting took too long"),
      systemError("ENETUNREACH"),
      systemError("EHOSTUNREACH"),
      new ProxyError("It is no SOCKS5 proxy"),
      new UnreachedError("The proxy could not connect: host unreachable"),
      systemError("EPERM"),
      undefined,
    ].map((error) => dialFailure(error, { proxied }));
  assert.deepEqual(kinds(false), [
    ...["refused", "timeout", "timeout", "unreachable", "unreachable"],
    ...["proxy", "unreachable", "other", "other"],
  ]);
  // What the system says there is said of the proxy.
  assert.deepEqual(kinds(true), [
    ...["proxy", "timeout", "timeout", "proxy", "proxy"],
    ...["proxy", "unreachable", "proxy", "proxy"],
  ]);
});

Deno.test("a real refused connection is one", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const error = await Deno.connect({ hostname: "127.0.0.1", port }).catch((error) => error);
  assert.equal(dialFailure(error, { proxied: false }), "refused");
});

Deno.test("dials are counted, and what ends with the node isn't", async () => {
  const { dials, at } = watch();
  const stop = new AbortController();
  assert.equal(await dials.dial(Promise.resolve("a connection"), stop.signal), "a connection");
  await fail(dials, systemError("ECONNREFUSED"), stop.signal);
  stop.abort();
  await fail(dials, systemError("ECONNREFUSED"), stop.signal);
  dials.ended({ completed: true, outbound: true });
  at(5_999);
  dials.ended({ completed: true, outbound: false });
  dials.ended({ completed: false, outbound: true });
  assert.deepEqual(dials.view(HANDSHAKES), {
    tried: 2,
    failed: { refused: 1, timeout: 0, unreachable: 0, proxy: 0, other: 0 },
    proxyAnswered: null,
    proxyError: null,
    lastDialled: 5,
    lastCameIn: 0,
    handshakes: { refused: 1, hungUp: 2 },
  });
});

Deno.test("a proxy does its part although it reaches nobody, and doesn't when it isn't there", async () => {
  const { dials, at } = watch(true);
  const proxy = (): unknown => {
    const { proxyAnswered, proxyError } = dials.view(HANDSHAKES);
    return [proxyAnswered, proxyError];
  };
  assert.deepEqual(proxy(), [null, null]);
  await fail(dials, systemError("ECONNREFUSED"));
  assert.deepEqual(proxy(), [null, "The system's words"]);
  await fail(dials, new UnreachedError("The proxy could not connect: host unreachable"));
  at(1_000);
  assert.deepEqual(proxy(), [1, null]);
  await fail(dials, new ProxyError("The proxy refuses the user name and password"));
  assert.deepEqual(proxy(), [1, "The proxy refuses the user name and password"]);
  await dials.dial(Promise.resolve(), new AbortController().signal);
  assert.deepEqual(proxy(), [0, null]);
});
