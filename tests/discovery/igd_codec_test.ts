import assert from "node:assert/strict";
import fc from "fast-check";
import { controlOf, descriptionPlace, element, envelope } from "../../src/discovery/igd_codec.ts";
import { addressAnswer, mapAnswer, mapRequest } from "../../src/discovery/nat_pmp_codec.ts";

const ROUTER = "192.168.1.1";
const SERVICE = "urn:schemas-upnp-org:service:WANIPConnection:1";

function answer(location: string): string {
  return `HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=60\r\nLOCATION: ${location}\r\nST: x\r\n\r\n`;
}

function description(url: string, service = SERVICE): string {
  return `<root><device><serviceList><service><serviceType>${service}</serviceType>` +
    `<controlURL>${url}</controlURL></service></serviceList></device></root>`;
}

Deno.test("a description is fetched from the very machine that answered, or from none", () => {
  const place = (location: string): unknown => descriptionPlace(answer(location), ROUTER);
  assert.deepEqual(place("http://192.168.1.1:5000/root.xml?a=1"), {
    ...{ host: ROUTER, port: 5_000, path: "/root.xml?a=1" },
  });
  assert.deepEqual(place("http://192.168.1.1"), { host: ROUTER, port: 80, path: "/" });
  for (
    const elsewhere of [
      "http://192.168.1.2:5000/",
      "http://8.8.8.8/",
      "http://localhost/",
      "http://127.0.0.1:5000/",
      "http://router.local/",
      "http://[::1]/",
      "http://192.168.1.1@8.8.8.8/",
      "http://user:password@192.168.1.1/",
      "https://192.168.1.1/",
      "file:///etc/passwd",
      "http://192.168.1.1:22/",
      "http://192.168.1.1:443/",
      `http://192.168.1.1/${"x".repeat(256)}`,
      "",
    ]
  ) {
    assert.equal(place(elsewhere), undefined, elsewhere);
  }
  assert.equal(
    descriptionPlace(answer("http://192.168.1.1/").replace("200", "404"), ROUTER),
    undefined,
  );
});

Deno.test("a service is asked on the machine that described it, or not at all", () => {
  const at = { host: ROUTER, port: 5_000, path: "/sub/root.xml" };
  const found = (text: string): unknown => controlOf(text, at)?.place;
  assert.deepEqual(found(description("/ctl")), { host: ROUTER, port: 5_000, path: "/ctl" });
  assert.deepEqual(found(description("ctl")), { host: ROUTER, port: 5_000, path: "/sub/ctl" });
  assert.deepEqual(found(description(`http://${ROUTER}:5001/c`)), {
    ...{ host: ROUTER, port: 5_001, path: "/c" },
  });
  for (
    const url of ["http://8.8.8.8/ctl", "//8.8.8.8/ctl", "http://127.0.0.1:5000/", "\\\\8.8.8.8\\c"]
  ) {
    assert.equal(found(description(url)), undefined, url);
  }
  assert.equal(found(description("/ctl", "urn:schemas-upnp-org:service:Other:1")), undefined);
  assert.deepEqual(
    found(description("http://8.8.8.8/") + description("/second")),
    { host: ROUTER, port: 5_000, path: "/second" },
  );
});

Deno.test("whatever a device says, nothing throws and nobody else is asked", () => {
  const pieces = fc.constantFrom(
    ...["<service>", "</service>", "<serviceType>", SERVICE, "</serviceType>", "<controlURL>"],
    ...["http://", "8.8.8.8", ROUTER, "/", "//", ":", "@", "</controlURL>", "\r\n", "LOCATION: "],
    ...["HTTP/1.1 200 OK\r\n", "\\", "%2f", "..", "#", "?"],
  );
  const text = fc.array(fc.oneof(pieces, fc.string()), { maxLength: 40 }).map((all) =>
    all.join("")
  );
  fc.assert(
    fc.property(text, (said) => {
      const at = { host: ROUTER, port: 80, path: "/" };
      for (const place of [descriptionPlace(said, ROUTER), controlOf(said, at)?.place]) {
        if (place === undefined) continue;
        assert.equal(place.host, ROUTER);
        assert.match(place.path, /^\/[!-~]*$/);
      }
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("a call's elements are written and read", () => {
  const text = envelope(SERVICE, { action: "Do", values: { NewPort: "5", NewHost: "" } });
  assert.match(
    text,
    /<u:Do xmlns:u="urn:schemas[^"]+"><NewPort>5<\/NewPort><NewHost><\/NewHost><\/u:Do>/,
  );
  assert.deepEqual([element(text, "NewPort"), element(text, "NewHost"), element(text, "No")], [
    ...["5", "", undefined],
  ]);
});

Deno.test("NAT-PMP's requests and answers are those of RFC 6886", () => {
  const bytes = mapRequest(0x1234, 3_600);
  assert.deepEqual([...bytes], [0, 2, 0, 0, 0x12, 0x34, 0x12, 0x34, 0, 0, 0x0e, 0x10]);
  assert.deepEqual([...mapRequest(0x1234, 0)], [0, 2, 0, 0, 0x12, 0x34, 0, 0, 0, 0, 0, 0]);
  const granted = Uint8Array.from([0, 130, 0, 0, 0, 0, 0, 9, 0x12, 0x34, 0x12, 0x35, 0, 0, 0, 60]);
  assert.deepEqual(mapAnswer(granted), {
    ...{ result: 0, internal: 0x1234, external: 0x1235, leaseSeconds: 60 },
  });
  assert.equal(mapAnswer(granted.subarray(0, 15)), undefined);
  assert.equal(mapAnswer(Uint8Array.from([0, 130, 0, 2, 0, 0, 0, 9]))?.result, 2);
  assert.equal(addressAnswer(Uint8Array.from([0, 128, 0, 0, 0, 0, 0, 9, 8, 8, 4, 1])), "8.8.4.1");
  assert.equal(addressAnswer(Uint8Array.from([0, 128, 0, 3, 0, 0, 0, 9, 8, 8, 4, 1])), undefined);
  fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
    mapAnswer(bytes);
    addressAnswer(bytes);
  }));
});
