/** Whatever is said by mDNS, a node dials only what section 6 and section 10 let it. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { candidatesOf } from "../../src/discovery/mdns_candidate.ts";
import { Registry } from "../../src/discovery/registry.ts";

const HOSTS = [
  ...["192.168.1.1", "192.168.1.7", "192.168.1.255", "192.168.2.7", "10.0.0.1", "127.0.0.1"],
  ...[
    "8.8.4.1",
    "8.8.4.9",
    "8.8.4.77",
    "8.8.4.200",
    "::ffff:8.8.4.5",
    "8.8.8.8",
    "169.254.1.1",
    "224.0.0.251",
    "255.255.255.255",
    "0.0.0.0",
  ],
  ...["::1", "fe80::1", "fd00::7", "2001:4860::8", "::ffff:192.168.1.7", "192.168.1.7:9", ""],
  ...["192.168.1", "192.168.001.007", "192.168.1.7 ", "printer.local", "1e3", "\0"],
];
const host = fc.oneof(fc.constantFrom(...HOSTS), fc.ipV4(), fc.string());
const port = fc.oneof(
  fc.constantFrom(0, 1, 22, 80, 442, 443, 444, 1_023, 1_024, 14_677, 65_535, 65_536, -1, 0.5),
  fc.integer({ min: 1, max: 65_535 }),
  fc.double(),
);
const service = fc.record({
  name: fc.oneof(fc.string({ maxLength: 200 }), fc.constant("00112233445566aa")),
  port,
  sender: host,
  addresses: fc.oneof(fc.constant([]), fc.array(host, { maxLength: 40 })),
  tag: fc.constantFrom(undefined, "aa", "bb"),
});

function judged(
  said: Parameters<typeof candidatesOf>[0],
  address: string,
): readonly string[] {
  const registry = new Registry({ self: new Uint8Array(8) });
  const network = { family: "IPv4", address, netmask: "255.255.255.0" };
  return candidatesOf(said, { registry, network, tag: "aa", now: 1_000 });
}

/** An IPv4 address may come written as an IPv6 one. */
function plain(host: string): string {
  return host.replace(/^::ffff:/, "");
}

/** The rule, written again without the program's own parsers. */
function isAllowed(candidate: string, prefix: string): boolean {
  const [, where = "", last = "", at = ""] = /^(.*\.)(\d{1,3}):(\d+)$/.exec(candidate) ?? [];
  const number = Number(at);
  return where === prefix && Number(last) < 256 && String(Number(last)) === last &&
    (number === 443 || number >= 1_024 && number <= 65_535);
}

Deno.test("in a private network a service yields machines of it, at allowed ports, four at most", () => {
  let some = 0;
  fc.assert(
    fc.property(service, (said) => {
      const found = judged(said, "192.168.1.2");
      some += found.length;
      assert.ok(found.length <= 4);
      assert.ok(found.every((one) => isAllowed(one, "192.168.1.")), found.join());
      if (found.length > 0) assert.ok(plain(said.sender).startsWith("192.168.1."));
      assert.ok(found.length === 0 || said.tag !== "bb");
    }),
    { numRuns: 20_000 },
  );
  assert.ok(some > 20, "nothing was ever found");
});

Deno.test("in a network of public addresses nobody but the sender is yielded", () => {
  let some = 0;
  fc.assert(
    fc.property(service, (said) => {
      const found = judged(said, "8.8.4.2");
      some += found.length;
      assert.ok(found.every((one) => isAllowed(one, "8.8.4.")), found.join());
      assert.ok(found.every((one) => one === `${plain(said.sender)}:${said.port}`), found.join());
    }),
    { numRuns: 20_000 },
  );
  assert.ok(some > 20, "nothing was ever found");
});
