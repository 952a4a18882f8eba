import assert from "node:assert/strict";
// @ts-types="../../src/discovery/dns_packet.d.ts"
import { type Answer, decode, encode, type Packet } from "dns-packet";
import fc from "fast-check";
import { Buffer } from "node:buffer";
import {
  judge,
  MAX_PACKET_BYTES,
  MAX_RECORDS,
  pruned,
  SERVICE_TYPE,
} from "../../src/discovery/mdns_packets.ts";

const OWN = { service: `00aa.${SERVICE_TYPE}`, target: "00aa.local" };
const TYPES = "_services._dns-sd._udp.local";

function ptr(data: string, ttl = 120): Answer {
  return { name: SERVICE_TYPE, type: "PTR", ttl, data };
}

function judged(packet: Packet): string {
  return judge(encode(packet), OWN);
}

Deno.test("of queries only those about our service count, and only from who doesn't know it yet", () => {
  const ask = (name: string, answers: Answer[] = []): string =>
    judged({ type: "query", questions: [{ name, type: "PTR" }], answers });
  for (const name of [SERVICE_TYPE, "_GOSSAMER._tcp.local", TYPES, OWN.service, OWN.target]) {
    assert.equal(ask(name), "query", name);
  }
  for (const name of ["_http._tcp.local", `other.${SERVICE_TYPE}`, "local"]) {
    assert.equal(ask(name), "ignore", name);
  }
  assert.equal(ask(SERVICE_TYPE, [ptr(OWN.service)]), "ignore");
  assert.equal(ask(SERVICE_TYPE, [ptr(`other.${SERVICE_TYPE}`)]), "query");
});

Deno.test("of answers only those count that name a service of ours, and nothing of this node", () => {
  const answer = (...answers: Answer[]): string => judged({ type: "response", answers });
  const other = ptr(`other.${SERVICE_TYPE}`);
  assert.equal(answer(other), "response");
  assert.equal(answer({ ...ptr("x"), name: "_http._tcp.local" }), "ignore");
  assert.equal(answer(other, { name: OWN.target, type: "A", ttl: 1, data: "10.0.0.1" }), "ignore");
  assert.equal(
    answer(other, { name: OWN.service, type: "SRV", ttl: 1, data: { port: 1, target: "x" } }),
    "ignore",
  );
});

Deno.test("packets of too many records or bytes are ignored, at the cap they aren't", () => {
  const some = (count: number): Packet => ({
    type: "response",
    answers: Array.from({ length: count }, (_, n) => ptr(`${n}.${SERVICE_TYPE}`)),
  });
  assert.equal(judged(some(MAX_RECORDS)), "response");
  assert.equal(judged(some(MAX_RECORDS + 1)), "ignore");
  const padded = (length: number): Uint8Array => {
    const bytes = new Uint8Array(length);
    bytes.set(encode(some(1)));
    return bytes;
  };
  assert.equal(judge(padded(MAX_PACKET_BYTES), OWN), "response");
  assert.equal(judge(padded(MAX_PACKET_BYTES + 1), OWN), "ignore");
});

Deno.test("what leaves names the address of its network only, and ends nobody else's service", () => {
  const a = (data: string): Answer => ({ name: OWN.target, type: "A", ttl: 120, data });
  const type = (ttl: number): Answer => ({ name: TYPES, type: "PTR", ttl, data: SERVICE_TYPE });
  const sent = (answers: Answer[]): readonly (string | undefined)[] | undefined => {
    const bytes = pruned(encode({ type: "response", answers }), "10.0.0.1");
    return bytes && (decode(Buffer.from(bytes)).answers ?? []).map(({ name }) => name);
  };
  const aaaa: Answer = { name: OWN.target, type: "AAAA", ttl: 120, data: "fd00::1" };
  assert.deepEqual(
    sent([ptr(OWN.service), type(120), a("10.0.0.1"), a("192.168.7.7"), aaaa]),
    [SERVICE_TYPE, TYPES, OWN.target],
  );
  assert.deepEqual(sent([ptr(OWN.service, 0), type(0)]), [SERVICE_TYPE]);
  assert.equal(sent([a("192.168.7.7")]), undefined);
});

Deno.test("others may remember what a node says of itself for two minutes, not for hours", () => {
  const sent = pruned(
    encode({ type: "response", answers: [ptr(OWN.service, 28_800)] }),
    "10.0.0.1",
  );
  assert.deepEqual(decode(Buffer.from(sent ?? [])).answers?.map(({ ttl }) => ttl), [120]);
});

Deno.test("judge never throws, whatever the bytes", () => {
  const good = encode({
    type: "response",
    answers: [
      ptr(`other.${SERVICE_TYPE}`),
      { name: `other.${SERVICE_TYPE}`, type: "TXT", ttl: 9, data: ["tag=0"] },
    ],
  });
  const flip = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 8 })
    .map((changes) => {
      const bytes = Uint8Array.from(good);
      for (const [at, value] of changes) bytes[at] = value;
      return bytes;
    });
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), flip), (bytes) => {
      assert.match(judge(bytes, OWN), /^(query|response|ignore)$/);
    }),
    { numRuns: 1_000 },
  );
});
