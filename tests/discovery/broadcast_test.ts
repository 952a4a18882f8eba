import assert from "node:assert/strict";
import { broadcastAddresses } from "../../src/discovery/broadcast.ts";

const v4 = (
  address: string,
  netmask: string,
): { family: string; address: string; netmask: string } => ({
  family: "IPv4",
  address,
  netmask,
});
const lo = v4("127.0.0.1", "255.0.0.0");
const lo6 = { family: "IPv6", address: "::1", netmask: "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" };

Deno.test("broadcastAddresses computes each network's own, then the limited one", () => {
  const table: readonly [string, string, string][] = [
    ["192.168.1.20", "255.255.255.0", "192.168.1.255"],
    ["10.1.2.3", "255.0.0.0", "10.255.255.255"],
    ["172.16.5.9", "255.255.240.0", "172.16.15.255"],
    ["10.0.0.130", "255.255.255.128", "10.0.0.255"],
    ["10.0.0.5", "255.255.255.252", "10.0.0.7"],
    ["169.254.7.7", "255.255.0.0", "169.254.255.255"],
  ];
  for (const [address, netmask, expected] of table) {
    const found = broadcastAddresses([lo, lo6, v4(address, netmask)]);
    assert.deepEqual(found, [expected, "255.255.255.255"]);
  }
});

Deno.test("broadcastAddresses serves several networks, each once", () => {
  assert.deepEqual(
    broadcastAddresses([
      lo,
      v4("192.168.1.20", "255.255.255.0"),
      v4("192.168.1.21", "255.255.255.0"),
      { family: "IPv6", address: "fe80::1", netmask: "ffff:ffff:ffff:ffff::" },
      v4("10.8.0.1", "255.255.0.0"),
    ]),
    ["192.168.1.255", "10.8.255.255", "255.255.255.255"],
  );
});

Deno.test("broadcastAddresses skips networks without a broadcast address, and what it can't read", () => {
  assert.deepEqual(
    broadcastAddresses([
      v4("10.8.0.1", "255.255.255.255"),
      v4("10.8.0.1", "255.255.255.254"),
      v4("", ""),
      v4("fe80::1", "ffff::"),
    ]),
    ["255.255.255.255"],
  );
});

Deno.test("broadcastAddresses uses loopback only when there is nothing else", () => {
  assert.deepEqual(broadcastAddresses([lo, lo6]), ["127.255.255.255", "255.255.255.255"]);
  assert.deepEqual(broadcastAddresses([]), ["255.255.255.255"]);
});
