import { deepEqual, doesNotThrow, equal, match, throws } from "node:assert/strict";
import type { OwnAddressView } from "../../src/node/api_health.ts";
import { knownLately, reachedAt, startNodeDht } from "../../src/node/dht.ts";
import { DhtEntrance, WELL_KNOWN } from "../../src/node/dht_entrance.ts";
import { bootstrapPlace, checkDht, ipv4Of, MAX_BOOTSTRAP } from "../../src/node/dht_options.ts";
import { makeLog } from "../../src/node/log.ts";
import { UserError } from "../../src/node/user_error.ts";
import { parseAddress } from "../../src/wire/address.ts";
import type { Scope } from "../../src/wire/address_rules.ts";
import { labelsOf, MAIN_NETWORK } from "../../src/wire/labels.ts";
import { unixSeconds } from "../../src/wire/time.ts";

const PLAIN = { dht: { bootstrap: [] }, bind: [] };

Deno.test("the DHT is refused where it would tell more than its owner wants", () => {
  const refused = (options: Parameters<typeof checkDht>[0], words: RegExp): void =>
    throws(() => checkDht(options), (error) => {
      match(error instanceof Error ? error.message : "", words);
      return error instanceof UserError && error.code === "usage";
    });
  refused({ ...PLAIN, proxy: "socks5://127.0.0.1:9050" }, /beside the proxy/);
  refused({ ...PLAIN, networkKeyFile: "/k" }, /closed network/);
  refused({ ...PLAIN, bind: ["::1", "2001:db8::1"] }, /needs IPv4/);
  const entries = (bootstrap: readonly string[]): Parameters<typeof checkDht>[0] => ({
    ...PLAIN,
    dht: { bootstrap },
  });
  for (
    const wrong of ["", ":", "x y", "[::1]:6881", "1.2.3.4:0", "1.2.3.4:65536", "a..b", "1.2.3"]
  ) {
    refused(entries([wrong]), /is not HOST:PORT/);
  }
  refused(entries(Array(MAX_BOOTSTRAP + 1).fill("a.org")), /16 times/);
  doesNotThrow(() => checkDht(entries(Array(MAX_BOOTSTRAP).fill("a.org"))));
  doesNotThrow(() => checkDht({ ...PLAIN, bind: ["::1", "127.0.0.1"] }));
  doesNotThrow(() => checkDht({ bind: [], proxy: "socks5://x:1", networkKeyFile: "/k" }));
});

Deno.test("a bootstrap node is a name or an IPv4 address, at port 6881 unless told otherwise", () => {
  deepEqual(bootstrapPlace("Router.Example.org"), { host: "router.example.org", port: 6_881 });
  deepEqual(bootstrapPlace("1.2.3.4:80"), { host: "1.2.3.4", port: 80 });
  equal(bootstrapPlace(`${"a".repeat(56)}.onion:1`), undefined);
  deepEqual([["::"], ["1.2.3.4"], ["::1", "1.2.3.4"], ["::1"]].map(ipv4Of), [
    ...["0.0.0.0", "1.2.3.4", "1.2.3.4", undefined],
  ]);
});

function own(address: string, rest: Partial<OwnAddressView> = {}): OwnAddressView {
  const parsed = parseAddress(address)!;
  return { address: parsed, source: "interface", reachable: null, used: true, why: "", ...rest };
}

Deno.test("only an address that is given to others, in this DHT's ranges, is announced", () => {
  const internet = new Set<Scope>(["global"]);
  equal(reachedAt([own("1.2.3.4:5000")], internet), 5_000);
  equal(reachedAt([own("1.2.3.4:5000", { reachable: true })], internet), 5_000);
  equal(
    reachedAt([own("1.2.3.4:5000", { reachable: false, source: "given" })], internet),
    undefined,
  );
  equal(reachedAt([own("1.2.3.4:5000", { used: false })], internet), undefined);
  equal(reachedAt([own("192.168.1.2:5000")], internet), undefined);
  equal(reachedAt([own("[2606:4700::1]:5000")], internet), undefined);
  equal(reachedAt([own("10.1.1.1:1"), own("1.2.3.4:2")], internet), 2);
  equal(reachedAt([own("10.1.1.1:5000")], new Set<Scope>(["global", "private"])), 5_000);
  equal(reachedAt([], internet), undefined);
});

Deno.test("nodes count as known that were there within a day", () => {
  const now = unixSeconds(1_796_083_200);
  const node = (freshness: number, lastSeen: number | null): Parameters<typeof knownLately>[0] => [
    { freshness, lastSeen },
  ];
  equal(knownLately(node(1, now - 86_399), now), 1);
  equal(knownLately(node(6, now - 86_400), now), 0);
  equal(knownLately(node(0, now), now), 0);
  equal(knownLately(node(6, null), now), 0);
});

Deno.test("well-known names lead to the internet only, whatever a name server says", async () => {
  const asked: string[] = [];
  const entrance = new DhtEntrance([], (host) => {
    asked.push(host);
    return Promise.resolve(["10.0.0.1", "127.0.0.1", "2606:4700::1", "203.0.113.1", "8.8.4.4"]);
  });
  equal(entrance.mayAsk(parseAddress("8.8.4.4:80")!), false);
  deepEqual(await entrance.addresses(), ["8.8.4.4:6881"]);
  deepEqual(asked, WELL_KNOWN.map((place) => place.split(":")[0]));
  for (const no of ["10.0.0.1:6881", "127.0.0.1:6881", "8.8.8.8:53", "224.0.0.1:6881"]) {
    equal(entrance.mayAsk(parseAddress(no)!), false, no);
  }
  equal(entrance.mayAsk(parseAddress("9.9.9.9:6881")!), true);
  equal(entrance.scopes.has("private"), false);
});

Deno.test("what the owner names may be anything, and opens its own range only", async () => {
  const lookUp = (host: string): Promise<string[]> =>
    host === "a.org" ? Promise.resolve(["192.168.1.9"]) : Promise.reject(new Error("none"));
  const literal = new DhtEntrance(["127.0.0.1:80"], lookUp);
  equal(literal.mayAsk(parseAddress("127.0.0.1:80")!), true);
  equal(literal.mayAsk(parseAddress("127.0.0.1:81")!), false);
  equal(literal.mayAsk(parseAddress("127.0.0.1:6881")!), true);
  equal(literal.mayAsk(parseAddress("10.0.0.1:6881")!), false);
  const named = new DhtEntrance(["a.org", "b.org:1"], lookUp);
  deepEqual(await named.addresses(), ["192.168.1.9:6881"]);
  equal(named.mayAsk(parseAddress("192.168.7.7:6881")!), true);
  equal(named.mayAsk(parseAddress("127.0.0.1:6881")!), false);
});

Deno.test("switched off it is null, and what fails to start is a warning", async () => {
  const ports = {
    ...{ labels: labelsOf(MAIN_NETWORK), clock: () => unixSeconds(0), peers: () => [] },
    ...{ ownAddresses: () => [], lookUp: () => Promise.resolve([]), onCandidate: () => {} },
    log: makeLog("discovery", () => () => {}),
  };
  const off = await startNodeDht(undefined, { ...ports, hosts: ["127.0.0.1"] });
  deepEqual([off.view(), off.warnings()], [null, []]);
  // An address that this machine doesn't have.
  const broken = await startNodeDht({ bootstrap: [] }, { ...ports, hosts: ["192.0.2.1"] });
  equal(broken.view()?.on, false);
  match(broken.warnings().join(), /The DHT doesn't work here: /);
  broken.stop();
  const alone = await startNodeDht({ bootstrap: ["x.org"] }, { ...ports, hosts: ["127.0.0.1"] });
  for (let n = 0; n < 100 && alone.warnings().length === 0; n++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  match(alone.warnings().join(), /No node of the DHT answers/);
  equal(alone.view()?.on, true);
  alone.stop();
});
