import assert from "node:assert/strict";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import fc from "fast-check";
import {
  createIdentity,
  decodeKeyBundle,
  ensureKeyFile,
  type Kdf,
  KDF_FLOOR,
  KdfMemoryError,
  makeRecovery,
  publicKeyOf,
  readKeys,
  Secret,
  SeedSigner,
} from "../../src/keystore/mod.ts";
import { decodeBase64 } from "../../src/node/base64.ts";
import { AttemptDelay, FIRST_DELAY_MS, MAX_DELAY_MS } from "../../src/node/attempt_delay.ts";
import { type KeyTaker, PassphraseUnlock } from "../../src/node/passphrase_unlock.ts";
import { UserError } from "../../src/node/user_error.ts";
import type { PageUnlock, SheetView } from "../../src/node/web_port.ts";
import { formatIdentity } from "../../src/wire/ids.ts";
import { labelsOf, MAIN_NETWORK } from "../../src/wire/labels.ts";
import { decodeStatement, STATEMENT_TYPES } from "../../src/wire/statement.ts";
import { unixSeconds } from "../../src/wire/time.ts";
import { neitherSlowNorSecure } from "../keystore/fake_kdf.ts";

const labels = labelsOf(MAIN_NETWORK);

/** Folders' keys files, a clock by hand, and what the node was handed. */
interface Bench {
  readonly dir: string;
  /** Names of the identities that the node was handed, and `lock`. */
  readonly names: string[];
  readonly node: KeyTaker & { unlocks: number };
  now: number;
  derived: number;
  make(file: Uint8Array, kdf?: Kdf): {
    take(file: Uint8Array): Promise<void>;
    unlock(passphrase: Uint8Array): Promise<PageUnlock>;
    openSheet(sheet: Uint8Array, words: Uint8Array): Promise<SheetView>;
  };
  create(name: string): Promise<Uint8Array>;
}

async function onBench(f: (bench: Bench) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  const node: KeyTaker & { unlocks: number } = {
    unlocks: 0,
    unlock: (bundle) => {
      using keyring = decodeKeyBundle(bundle);
      bench.names.push(...keyring.identities().map(({ name }) => name.reveal()));
      node.unlocks++;
      return Promise.resolve(["g1"]);
    },
    call: (method) => Promise.resolve(bench.names.push(method)),
  };
  const bench: Bench = {
    dir,
    node,
    names: [],
    now: 0,
    derived: 0,
    make: (file, kdf = neitherSlowNorSecure) => {
      const keys = new PassphraseUnlock({
        file,
        labels,
        steady: () => bench.now,
        kdf: (passphrase, options) => {
          bench.derived++;
          return kdf(passphrase, options);
        },
      });
      return {
        take: (file) => keys.take(file),
        unlock: (passphrase) => keys.unlock(passphrase, node),
        openSheet: (sheet, words) => keys.openSheet(sheet, words),
      };
    },
    create: async (name) => {
      using passphrase = Secret.take(utf8ToBytes("right"));
      const kdf = { params: KDF_FLOOR, kdf: neitherSlowNorSecure };
      const now = unixSeconds(1);
      const { keyring } = await createIdentity({ dir, labels, passphrase, name, now, ...kdf });
      keyring.wipe();
      return await readKeys(dir) ?? assert.fail("no keys file");
    },
  };
  try {
    await f(bench);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

function refusal(code: UserError["code"], words: RegExp): (error: unknown) => boolean {
  return (error) => error instanceof UserError && error.code === code && words.test(error.message);
}

Deno.test("the right passphrase opens the file that is kept, and is wiped", () =>
  onBench(async (bench) => {
    const unlock = bench.make(await bench.create("ada"));
    const passphrase = utf8ToBytes("right");
    assert.deepEqual((await unlock.unlock(passphrase)).identities, ["g1"]);
    assert.deepEqual(bench.names, ["ada"]);
    assert.deepEqual(passphrase, new Uint8Array(5));
  }));

Deno.test("a wrong passphrase hands nothing over, is wiped, and delays the next attempt", () =>
  onBench(async (bench) => {
    const unlock = bench.make(await bench.create("ada"));
    const wrong = utf8ToBytes("wrong");
    await assert.rejects(unlock.unlock(wrong), refusal("locked", /^Wrong passphrase/));
    assert.deepEqual(wrong, new Uint8Array(5));
    assert.equal(bench.derived, 1);
    bench.now = FIRST_DELAY_MS - 1;
    const early = utf8ToBytes("right");
    await assert.rejects(unlock.unlock(early), refusal("refused", /again in 1 second\./));
    assert.deepEqual(early, new Uint8Array(5));
    assert.equal(bench.derived, 1, "no work for what comes too early");
    bench.now = FIRST_DELAY_MS;
    await unlock.unlock(utf8ToBytes("right"));
    assert.deepEqual(bench.names, ["ada"]);
    await assert.rejects(unlock.unlock(utf8ToBytes("wrong")), refusal("locked", /^Wrong/));
    bench.now += FIRST_DELAY_MS;
    await unlock.unlock(utf8ToBytes("right"));
  }));

Deno.test("keys that the page opened are taken away again, unless somebody else opened them since", () =>
  onBench(async (bench) => {
    const unlock = bench.make(await bench.create("ada"));
    const first = await unlock.unlock(utf8ToBytes("right"));
    const second = await unlock.unlock(utf8ToBytes("right"));
    await first.lockAgain();
    assert.deepEqual(bench.names, ["ada", "ada"]);
    await second.lockAgain();
    assert.deepEqual(bench.names, ["ada", "ada", "lock"]);
    bench.node.unlocks++;
    await second.lockAgain();
    assert.deepEqual(bench.names, ["ada", "ada", "lock"]);
  }));

Deno.test("only one attempt runs at a time", () =>
  onBench(async (bench) => {
    const gate = Promise.withResolvers<void>();
    const unlock = bench.make(await bench.create("ada"), async (passphrase, options) => {
      await gate.promise;
      return await neitherSlowNorSecure(passphrase, options);
    });
    const first = unlock.unlock(utf8ToBytes("right"));
    const second = utf8ToBytes("right");
    await assert.rejects(unlock.unlock(second), refusal("refused", /under way/));
    assert.deepEqual(second, new Uint8Array(5));
    gate.resolve();
    assert.deepEqual((await first).identities, ["g1"]);
    assert.equal(bench.derived, 1);
    await unlock.unlock(utf8ToBytes("right"));
  }));

Deno.test("an identity that comes while the node runs is opened once the file is handed over", () =>
  onBench(async (bench) => {
    const unlock = bench.make(await ensureKeyFile({ dir: bench.dir, labels }));
    await assert.rejects(unlock.unlock(utf8ToBytes("right")), refusal("locked", /no identity/));
    assert.equal(bench.derived, 0);
    await unlock.take(await bench.create("ada"));
    await unlock.unlock(utf8ToBytes("right"));
    await unlock.take(await bench.create("bob"));
    await unlock.unlock(utf8ToBytes("right"));
    assert.deepEqual(bench.names, ["ada", "ada", "bob"]);
  }));

Deno.test("what is no keys file is refused, and the one before stays", () =>
  onBench(async (bench) => {
    const file = await bench.create("ada");
    const unlock = bench.make(file);
    const dear = file.slice();
    // Passes: more than is accepted.
    dear[10] = 17;
    for (const bad of [new Uint8Array(0), file.subarray(1), new Uint8Array(8_192), dear]) {
      await assert.rejects(unlock.take(bad), refusal("failed", /./));
    }
    await unlock.unlock(utf8ToBytes("right"));
    assert.deepEqual(bench.names, ["ada"]);
  }));

Deno.test("a recovery sheet gives its revocation; wrong words for it don't slow the passphrase down", () =>
  onBench(async (bench) => {
    const unlock = bench.make(await bench.create("ada"));
    using seed = Secret.take(new Uint8Array(32).fill(7));
    const signer = new SeedSigner(seed.use(publicKeyOf), seed);
    using words = Secret.take(utf8ToBytes("seven words"));
    const made = await makeRecovery(signer, {
      ...{ labels, passphrase: words, now: unixSeconds(1_700_000_000), kdf: neitherSlowNorSecure },
      pause: () => Promise.resolve(),
    });
    const sheet = utf8ToBytes(made.sheet);
    const typed = utf8ToBytes("seven words");
    const opened = await unlock.openSheet(sheet, typed);
    assert.deepEqual(typed, new Uint8Array(11));
    assert.equal(opened.id, formatIdentity(signer.key));
    const statement = decodeStatement(decodeBase64(opened.statement) ?? new Uint8Array(0));
    assert.deepEqual([statement.type, statement.issuer], [STATEMENT_TYPES.revoke, signer.key]);
    assert.equal(formatIdentity(statement.subject), opened.successor);
    for (const text of ["", "no sheet"]) {
      const bad = unlock.openSheet(utf8ToBytes(text), utf8ToBytes("seven words"));
      await assert.rejects(bad, refusal("failed", /Nothing was changed\.$/));
    }
    await assert.rejects(unlock.openSheet(sheet, utf8ToBytes("other")), refusal("locked", /sheet/));
    const early = unlock.openSheet(sheet, utf8ToBytes("seven words"));
    await assert.rejects(early, refusal("refused", /1 second/));
    await unlock.unlock(utf8ToBytes("right"));
    bench.now = FIRST_DELAY_MS;
    await assert.rejects(unlock.unlock(utf8ToBytes("wrong")), refusal("locked", /^Wrong/));
    await unlock.openSheet(sheet, utf8ToBytes("seven words"));
    const still = unlock.unlock(utf8ToBytes("right"));
    await assert.rejects(
      still,
      refusal("refused", /1 second/),
      "a sheet is no proof of the passphrase",
    );
  }));

Deno.test("too little memory, an empty and an endless passphrase are said, and cost no delay", () =>
  onBench(async (bench) => {
    const file = await bench.create("ada");
    const poor = bench.make(file, () => Promise.reject(new KdfMemoryError(65_536)));
    await assert.rejects(poor.unlock(utf8ToBytes("right")), refusal("failed", /64 MiB/));
    const unlock = bench.make(file);
    for (const bad of [new Uint8Array(0), utf8ToBytes("x".repeat(1_025))]) {
      await assert.rejects(unlock.unlock(bad), refusal("refused", /passphrase is/));
    }
    await unlock.unlock(utf8ToBytes("right"));
  }));

Deno.test("the delay doubles with each wrong attempt, up to its cap, and ends with a right one", () => {
  const delay = new AttemptDelay();
  const waits: number[] = [];
  let now = 5;
  for (let i = 0; i < 12; i++) {
    assert.equal(delay.wait(now), 0);
    delay.failed(now);
    waits.push(delay.wait(now));
    now += delay.wait(now);
  }
  const doubled = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512].map((n) => n * FIRST_DELAY_MS);
  assert.deepEqual(waits, [...doubled, MAX_DELAY_MS, MAX_DELAY_MS]);
  delay.succeeded();
  assert.equal(delay.wait(0), 0);
  delay.failed(0);
  assert.equal(delay.wait(0), FIRST_DELAY_MS);
});

Deno.test("however many attempts were wrong, the delay is a number up to its cap", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 3_000 }), (times) => {
    const delay = new AttemptDelay();
    for (let i = 0; i < times; i++) delay.failed(0);
    const wait = delay.wait(0);
    return wait >= FIRST_DELAY_MS && wait <= MAX_DELAY_MS;
  }));
});
