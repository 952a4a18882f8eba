/** Whole data folders: what their files tell of the number of identities, and what damage does. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { createIdentity, encodeKeyBundle, KDF_FLOOR, Secret } from "../../src/keystore/mod.ts";
import { type Backend, openBackend, unlockBundle } from "../../src/node/mod.ts";
import { UserError } from "../../src/node/user_error.ts";
import { formatIdentity } from "../../src/wire/ids.ts";
import { labelsOf, MAIN_NETWORK } from "../../src/wire/labels.ts";
import { unixSeconds } from "../../src/wire/time.ts";
import { neitherSlowNorSecure } from "../keystore/fake_kdf.ts";
import { Author } from "./harness/author.ts";
import { rowsOf, sizesIn } from "./harness/forensics.ts";

const PASSPHRASE = new TextEncoder().encode("long enough for a test");
/** Positions tried in a whole database. */
const STEPS = 250;
const FOLLOWED = formatIdentity(new Author().key);

Deno.test("1, 2 and 16 identities leave the same files, sizes and rows", async () => {
  const seen = [];
  for (const identities of [1, 2, 16]) {
    await using folder = await makeFolder({ identities, real: false });
    const rows = await rowsOf(join(folder.dir, "private.kv"), folder.scratch);
    const shape = rows.map(({ kind, size }) => `${kind} ${size}`).sort();
    const sizes = await sizesIn(folder.dir);
    seen.push({ sizes: sizes.filter(([name]) => !name.startsWith("public.kv")), shape });
  }
  assert.deepEqual(seen[1], seen[0]);
  assert.deepEqual(seen[2], seen[0]);
  assert.ok(seen[0]?.sizes.some(([name]) => name === "private.kv"));
});

Deno.test("a flipped byte anywhere in keys is refused in words, and changes nothing", async () => {
  await using folder = await makeFolder({ identities: 2, real: true });
  const path = join(folder.dir, "keys");
  const whole = await Deno.readFile(path);
  // Each byte of the header, where no passphrase is derived for, then some of each stretch behind.
  const positions = [
    0,
    7,
    8,
    15,
    16,
    31,
    32,
    55,
    56,
    63,
    64,
    65,
    200,
    700,
    4_000,
    whole.length - 1,
  ];
  for (const at of positions) {
    await Deno.writeFile(path, flipped(whole, at));
    const error = await failure(() => open(folder.dir));
    assert.match(error.code, /^(failed|locked)$/, `byte ${at}: ${error.message}`);
    assert.ok(error.message.length > 20, error.message);
  }
  for (const length of [0, 1, 63, 64, 4_096, whole.length - 1]) {
    await Deno.writeFile(path, whole.subarray(0, length));
    assert.match((await failure(() => open(folder.dir))).code, /^(failed|locked)$/);
  }
  await Deno.writeFile(path, whole);
  assert.deepEqual(await open(folder.dir), folder.expected);
});

Deno.test("a flipped byte anywhere in private.kv is refused in words or harms nothing", async () => {
  await using folder = await makeFolder({ identities: 2, real: false });
  const path = join(folder.dir, "private.kv");
  const whole = await Deno.readFile(path);
  const wrong: string[] = [];
  const outcomes = { refused: 0, unharmed: 0 };
  const used = [...whole.keys()].filter((at) => whole[at] !== 0);
  const step = Math.max(1, Math.floor(used.length / STEPS));
  for (let i = 0; i < used.length; i += step) {
    const at = used[i] ?? 0;
    await clean(folder.dir);
    await Deno.writeFile(path, flipped(whole, at));
    try {
      assert.deepEqual(await openWith(folder.dir, folder.bundle), folder.expected);
      outcomes.unharmed++;
    } catch (error) {
      if (error instanceof UserError && /^(failed|locked)$/.test(error.code)) outcomes.refused++;
      else wrong.push(`byte ${at}: ${error}`);
    }
  }
  assert.deepEqual(wrong, []);
  assert.ok(outcomes.refused > 20, JSON.stringify(outcomes));
});

interface Folder extends AsyncDisposable {
  readonly dir: string;
  readonly scratch: string;
  readonly bundle: Uint8Array;
  /** Identities and whom they follow, as they have to come back. */
  readonly expected: Shown;
}

interface Shown {
  readonly identities: readonly string[];
  readonly following: readonly string[];
}

/** A folder with identities, of which the owner follows one; `real`: with the true key derivation. */
async function makeFolder(
  { identities, real }: { identities: number; real: boolean },
): Promise<Folder> {
  const top = await Deno.makeTempDir();
  const dir = join(top, "data");
  const labels = labelsOf(MAIN_NETWORK);
  await Deno.mkdir(dir);
  await Deno.mkdir(join(top, "scratch"));
  let bundle = new Uint8Array();
  for (let i = 0; i < identities; i++) {
    using passphrase = Secret.take(PASSPHRASE.slice());
    const { keyring } = await createIdentity({
      dir,
      labels,
      passphrase,
      name: `n${i}`,
      now: unixSeconds(0),
      params: KDF_FLOOR,
      ...(real ? {} : { kdf: neitherSlowNorSecure }),
    });
    bundle = new Uint8Array(encodeKeyBundle(keyring));
    keyring.wipe();
  }
  const backend = await openBackend({ dataDir: dir, network: "main" });
  await backend.unlock(bundle.slice());
  await backend.call("follow", { target: FOLLOWED });
  const expected = await show(backend);
  await backend.close();
  return {
    dir,
    scratch: join(top, "scratch"),
    bundle,
    expected,
    [Symbol.asyncDispose]: () => Deno.remove(top, { recursive: true }),
  };
}

/** Opens a folder as `identity list` and `following` do. */
async function open(dataDir: string): Promise<Shown> {
  const passphrase = PASSPHRASE.slice();
  return await openWith(dataDir, await unlockBundle({ dataDir, network: "main", passphrase }));
}

async function openWith(dataDir: string, bundle: Uint8Array): Promise<Shown> {
  const backend = await openBackend({ dataDir, network: "main" });
  try {
    await backend.unlock(bundle.slice());
    return await show(backend);
  } finally {
    await backend.close();
  }
}

async function show(backend: Backend): Promise<Shown> {
  return {
    identities: (await backend.call("identities", {})).map(({ id, name }) => `${id} ${name}`),
    following: (await backend.call("following", {})).map(({ id }) => id),
  };
}

/** Removes what a database kept beside private.kv from the time before. */
async function clean(dir: string): Promise<void> {
  for (const suffix of ["-wal", "-shm"]) {
    await Deno.remove(join(dir, `private.kv${suffix}`)).catch(() => {});
  }
}

async function failure(f: () => Promise<unknown>): Promise<UserError> {
  try {
    await f();
  } catch (error) {
    assert.ok(error instanceof UserError, String(error));
    return error;
  }
  throw new Error("It was taken");
}

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  return bytes.with(at, (bytes[at] ?? 0) ^ 1);
}
