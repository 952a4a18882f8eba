import assert from "node:assert/strict";
import { bytesToHex, hexToBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import fc from "fast-check";
import { WireError } from "../../src/wire/errors.ts";
import { handshakeLength, NoiseHandshake, type NoiseLink } from "../../src/wire/noise.ts";
import { type Aead, CipherState, PORTABLE_AEAD } from "../../src/wire/noise_symmetric.ts";
import { NATIVE_AEAD } from "../../src/node/native_aead.ts";
import vectors from "../vectors/noise.json" with { type: "json" };

const hex = bytesToHex;

interface Setup {
  readonly prologue?: Uint8Array;
  readonly psk?: Uint8Array | undefined;
  readonly fill?: number;
}

function machine(role: "initiator" | "responder", setup: Setup = {}): NoiseHandshake {
  const { prologue = utf8ToBytes("p"), psk, fill = role === "initiator" ? 1 : 2 } = setup;
  return new NoiseHandshake({
    role,
    prologue,
    ephemeralSecret: new Uint8Array(32).fill(fill),
    psk,
  });
}

function link(): readonly [NoiseLink, NoiseLink] {
  const [a, b] = [machine("initiator"), machine("responder")];
  b.read(a.write());
  a.read(b.write());
  return [a.split(), b.split()];
}

function isMalformed(error: unknown): boolean {
  return error instanceof WireError && error.code === "malformed";
}

const AEADS: readonly (readonly [string, Aead])[] = [
  ["portable", PORTABLE_AEAD],
  ["native", NATIVE_AEAD],
];

for (const [i, c] of vectors.cases.entries()) {
  for (const [name, aead] of AEADS) officialVector(`${i}, ${c.handshake}, ${name}`, { ...c, aead });
}

function officialVector(
  name: string,
  c: typeof vectors.cases[number] & { readonly aead: Aead },
): void {
  Deno.test(`NoiseHandshake agrees with official vector ${name}`, () => {
    const make = (role: "initiator" | "responder", secret: string) =>
      new NoiseHandshake({
        role,
        prologue: hexToBytes(c.prologue),
        ephemeralSecret: hexToBytes(secret),
        psk: c.psk === null ? undefined : hexToBytes(c.psk),
        aead: c.aead,
      });
    const a = make("initiator", c.initEphemeral);
    const b = make("responder", c.respEphemeral);
    const payload = (n: number) => hexToBytes(c.messages[n]!.payload);
    const expected = (n: number) => c.messages[n]!.ciphertext;

    const first = a.write(payload(0));
    assert.equal(hex(first), expected(0));
    assert.equal(hex(b.read(first)), hex(payload(0)));
    const second = b.write(payload(1));
    assert.equal(hex(second), expected(1));
    assert.equal(hex(a.read(second)), hex(payload(1)));

    const [ours, theirs] = [a.split(), b.split()];
    assert.equal(hex(ours.handshakeHash), hex(theirs.handshakeHash));
    const third = ours.sending.encrypt(payload(2));
    assert.equal(hex(third), expected(2));
    assert.equal(hex(theirs.receiving.decrypt(third)), hex(payload(2)));
    const fourth = theirs.sending.encrypt(payload(3));
    assert.equal(hex(fourth), expected(3));
    assert.equal(hex(ours.receiving.decrypt(fourth)), hex(payload(3)));
  });
}

Deno.test("the official vectors cover both suites, with prologue and payload and without", () => {
  const kinds = vectors.cases.map((c) =>
    `${c.handshake.split("_")[1]} ${c.prologue !== ""} ${c.messages[0]!.payload !== ""}`
  );
  const of = (suite: string) =>
    ["false false", "false true", "true false", "true true"].map((rest) => `${suite} ${rest}`);
  assert.deepEqual(kinds.toSorted(), [...of("NN"), ...of("NNpsk0")].toSorted());
});

Deno.test("handshakeLength is what write makes of an empty payload", () => {
  for (const psk of [undefined, new Uint8Array(32).fill(9)]) {
    const [a, b] = [machine("initiator", { psk }), machine("responder", { psk })];
    const first = a.write();
    b.read(first);
    const lengths = [first.length, b.write().length];
    const options = { psk: psk !== undefined };
    assert.deepEqual(lengths, [handshakeLength(1, options), handshakeLength(2, options)]);
    assert.deepEqual(lengths, psk === undefined ? [32, 48] : [48, 48]);
  }
});

Deno.test("NoiseHandshake writes and reads messages of 65,535 bytes, and not one more", () => {
  const [a, b] = [machine("initiator"), machine("responder")];
  const longest = new Uint8Array(65_535 - 32).fill(7);
  assert.deepEqual(b.read(a.write(longest)), longest);
  const payload = new Uint8Array(65_535 - 48).fill(8);
  assert.deepEqual(a.read(b.write(payload)), payload);
  assert.throws(() => machine("initiator").write(new Uint8Array([...longest, 0])), RangeError);
  assert.throws(() => machine("responder").read(new Uint8Array(65_536).fill(9)), isMalformed);
});

Deno.test("NoiseHandshake refuses another network, network key or none", () => {
  const psk = new Uint8Array(32).fill(9);
  const pairs: [Setup, Setup][] = [
    [{ prologue: utf8ToBytes("a") }, { prologue: utf8ToBytes("b") }],
    [{ psk }, { psk: new Uint8Array(32).fill(8) }],
    [{}, { psk }],
    [{ psk }, {}],
  ];
  const outcomes = pairs.map(([ours, theirs]) => {
    const [a, b] = [machine("initiator", ours), machine("responder", theirs)];
    try {
      b.read(a.write());
      a.read(b.write());
      return "open";
    } catch (error) {
      return isMalformed(error) ? "refused" : error;
    }
  });
  assert.deepEqual(outcomes, ["refused", "refused", "refused", "refused"]);
});

// The points of order 1, 2, 4 and 8 of curve and twist, with the non-canonical spellings of RFC 7748's
// reduction: all make a shared secret of zeros.
const LOW_ORDER = [
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
  "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
];

Deno.test("NoiseHandshake refuses ephemeral keys of low order on both sides", () => {
  for (const point of LOW_ORDER) {
    const responder = machine("responder");
    responder.read(hexToBytes(point));
    assert.throws(() => responder.write(), /low order/, point);
    assert.throws(() => responder.write(), /over/);
    const initiator = machine("initiator");
    initiator.write();
    const reply = new Uint8Array(48);
    reply.set(hexToBytes(point));
    assert.throws(() => initiator.read(reply), /low order/, point);
  }
});

Deno.test("NoiseHandshake refuses any flipped bit and any other length of the second message", () => {
  const reply = (() => {
    const [a, b] = [machine("initiator"), machine("responder")];
    b.read(a.write());
    return b.write();
  })();
  const read = (bytes: Uint8Array) => {
    const a = machine("initiator");
    a.write();
    return a.read(bytes);
  };
  assert.deepEqual(read(reply), new Uint8Array(0));
  for (let bit = 0; bit < reply.length * 8; bit += 7) {
    const changed = reply.slice();
    changed[bit >> 3]! ^= 1 << (bit & 7);
    // The top bit of a public key is not part of it (RFC 7748), but the transcript holds it.
    assert.throws(() => read(changed), isMalformed, `bit ${bit}`);
  }
  for (const length of [0, 31, 32, 47]) {
    assert.throws(() => read(reply.slice(0, length)), isMalformed, `length ${length}`);
  }
  assert.throws(() => read(new Uint8Array([...reply, 0])), isMalformed);
  assert.throws(() => read(new Uint8Array(65_536)), isMalformed);
});

Deno.test("NoiseHandshake throws when used out of turn or after a failure", () => {
  const a = machine("initiator");
  const b = machine("responder");
  assert.throws(() => a.read(new Uint8Array(48)), /turn/);
  assert.throws(() => b.write(), /turn/);
  assert.throws(() => a.split(), /not at its end/);
  const first = a.write();
  assert.throws(() => a.write(), /turn/);
  b.read(first);
  a.read(b.write());
  a.split();
  assert.throws(() => a.split(), /not at its end/);
  assert.throws(() => a.write(), /over/);
  const c = machine("responder");
  assert.throws(() => c.read(new Uint8Array(3)), isMalformed);
  assert.throws(() => c.write(), /over/);
  assert.throws(() => machine("initiator", { psk: new Uint8Array(31) }), RangeError);
});

Deno.test("NoiseHandshake wipes the ephemeral secret, and leaves the network key alone", () => {
  const [ephemeralSecret, psk] = [new Uint8Array(32).fill(3), new Uint8Array(32).fill(4)];
  const b = new NoiseHandshake({
    role: "responder",
    prologue: utf8ToBytes("p"),
    ephemeralSecret,
    psk,
  });
  b.read(machine("initiator", { psk }).write());
  b.write();
  b.split();
  assert.deepEqual(ephemeralSecret, new Uint8Array(32));
  assert.deepEqual(psk, new Uint8Array(32).fill(4));
});

Deno.test("CipherState uses nonce 2^64-2 and refuses to go past it", () => {
  const key = () => new Uint8Array(32).fill(5);
  const last = 2n ** 64n - 2n;
  const [sending, receiving] = [
    new CipherState(key(), { nonce: last }),
    new CipherState(key(), { nonce: last }),
  ];
  const sent = sending.encrypt(utf8ToBytes("last"));
  assert.deepEqual(receiving.decrypt(sent), utf8ToBytes("last"));
  assert.throws(() => sending.encrypt(new Uint8Array(1)), /No nonce left/);
  assert.throws(() => receiving.decrypt(sent), /No nonce left/);
});

Deno.test("CipherState refuses what was repeated, left out, moved, sent back or cut short", () => {
  const [a, b] = link();
  const [one, two, three] = ["1", "2", "3"].map((text) => a.sending.encrypt(utf8ToBytes(text)));
  assert.throws(() => b.receiving.decrypt(two!), isMalformed);
  assert.deepEqual(b.receiving.decrypt(one!), utf8ToBytes("1"));
  assert.throws(() => b.receiving.decrypt(one!), isMalformed);
  assert.throws(() => b.receiving.decrypt(three!), isMalformed);
  assert.throws(() => b.receiving.decrypt(two!.slice(0, -1)), isMalformed);
  assert.throws(() => b.receiving.decrypt(new Uint8Array(15)), isMalformed);
  assert.throws(() => a.receiving.decrypt(two!), isMalformed);
  assert.deepEqual(b.receiving.decrypt(two!), utf8ToBytes("2"));
});

Deno.test("native and portable code encrypt alike, and neither opens what was changed", () => {
  const input = (ad: number) => ({
    key: new Uint8Array(32).fill(6),
    nonce: new Uint8Array(12).fill(7),
    ad: new Uint8Array(ad).fill(8),
  });
  for (const length of [0, 1, 15, 16, 17, 64, 256, 1_024, 65_519]) {
    for (const ad of [0, 1, 32]) {
      const plaintext = new Uint8Array(length).fill(9);
      const [sealed, natively] = AEADS.map(([, aead]) => {
        const buffer = new Uint8Array(length + 16);
        buffer.set(plaintext);
        aead.seal(input(ad), buffer);
        return buffer;
      });
      assert.ok(sealed);
      assert.deepEqual(natively, sealed);
      for (const [name, aead] of AEADS) {
        const opened = aead.open(input(ad), sealed);
        assert.deepEqual(opened, plaintext);
        // What is cut out of it must be a copy.
        opened.slice()[0] = 1;
        assert.deepEqual(opened, plaintext);
        for (const at of [0, length - 1, length, length + 15].filter((at) => at >= 0)) {
          const spoiled = sealed.slice();
          spoiled[at] = spoiled[at]! ^ 0x80;
          assert.throws(() => aead.open(input(ad), spoiled), `${name} ${length} ${ad} ${at}`);
        }
        assert.throws(() => aead.open(input(ad + 1), sealed));
        assert.throws(() => aead.open(input(ad), sealed.subarray(1)));
      }
    }
  }
});

Deno.test("CipherState can't be used after it was wiped", () => {
  const [a] = link();
  a.sending.wipe();
  assert.throws(() => a.sending.encrypt(new Uint8Array(1)), /No nonce left/);
});

Deno.test("what one side encrypts the other decrypts, in order", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), fc.uint8Array({ maxLength: 300 }))), (turns) => {
      const [a, b] = link();
      for (const [fromA, plaintext] of turns) {
        const [from, to] = fromA ? [a, b] : [b, a];
        const sent = from.sending.encrypt(plaintext);
        assert.equal(sent.length, plaintext.length + 16);
        assert.deepEqual(to.receiving.decrypt(sent), plaintext);
      }
    }),
    { numRuns: 25 },
  );
});
