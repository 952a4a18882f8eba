/**
 * From a passphrase to a key: Argon2id (docs/PROTOCOL.md section 11), in a worker of its own that is
 * ended at once. With it go the memory that the derivation worked in, up to a gigabyte, and the copies
 * that it made of passphrase and key, which nothing else could wipe. It takes about a second, during
 * which this thread goes on with its work.
 */
import { argon2idHere } from "./argon2id.ts";
import { KdfMemoryError } from "./errors.ts";
import { KDF_FLOOR, type KdfParams, paramsFor } from "./kdf_params.ts";
import type { KdfReply, KdfRequest } from "./kdf_worker.ts";
import { PROCESS_MEMORY, Secret, type SecretAllocator } from "./secret.ts";

/** Buffers for {@linkcode nudgeCollector}: half as many did it only sometimes, when it was measured. */
const NUDGES = 8;
/** Bytes in each of these: what V8 lets grow before it looks. */
const NUDGE_BYTES = 67_108_864;

/** What a key is derived with. */
export interface KdfOptions {
  /** 16 random bytes, drawn when the passphrase was set. */
  readonly salt: Uint8Array;
  /** Already checked against the limits. */
  readonly params: KdfParams;
  /** Where the key goes; the heap when left out. */
  readonly allocator?: SecretAllocator;
}

/** Derives a 32-byte key from a passphrase; a port, so that tests needn't spend the time. */
export type Kdf = (passphrase: Secret, options: KdfOptions) => Promise<Secret>;

/**
 * Argon2id with one lane. Throws a {@linkcode KdfMemoryError} when the memory can't be had, and an
 * `Error` for parameters that Argon2id doesn't allow.
 */
export async function argon2id(passphrase: Secret, options: KdfOptions): Promise<Secret> {
  const { salt, params, allocator = PROCESS_MEMORY } = options;
  const worker = new Worker(new URL("./kdf_worker.ts", import.meta.url), { type: "module" });
  const { port1: port, port2: theirs } = new MessageChannel();
  try {
    const reply = await ask({ worker, port, theirs }, { passphrase, salt, params });
    if (reply.kind === "memory") throw new KdfMemoryError(params.memoryKiB);
    if (reply.kind === "failed") throw new Error(reply.message);
    return Secret.take(reply.key, allocator);
  } finally {
    port.close();
    worker.terminate();
  }
}

/**
 * Measures this machine at the floor (once, a fraction of a second) and picks what takes about a
 * second. Without a worker, whose start would count: there is no secret in it.
 */
export async function calibrate(kdf: Kdf = inThisThread): Promise<KdfParams> {
  using passphrase = new Secret(16);
  const start = performance.now();
  (await kdf(passphrase, { salt: new Uint8Array(16), params: KDF_FLOOR })).wipe();
  return paramsFor(performance.now() - start);
}

async function inThisThread(passphrase: Secret, options: KdfOptions): Promise<Secret> {
  const key = await passphrase.use((password) => argon2idHere(password, options));
  return Secret.take(key, options.allocator);
}

/**
 * The same as {@linkcode argon2id} where no worker can be started any more: in a node that gave up its
 * permissions. This thread does nothing else meanwhile, about a second. The memory that the derivation
 * worked in, up to a gigabyte, is not wiped; the collector takes it soon after, but nobody can be sure.
 */
export async function argon2idBlocking(passphrase: Secret, options: KdfOptions): Promise<Secret> {
  try {
    return await inThisThread(passphrase, options);
  } catch (error) {
    // WebAssembly says so when it gets no memory.
    if (error instanceof RangeError) throw new KdfMemoryError(options.params.memoryKiB);
    throw error;
  } finally {
    await nudgeCollector();
  }
}

/**
 * Has the collector take the memory that a derivation worked in, which otherwise an idle process keeps
 * for half a minute and longer. Nobody can ask it; but buffers count as soon as they are made, though
 * the system gives no memory before somebody touches it.
 */
async function nudgeCollector(): Promise<void> {
  try {
    for (let i = 0; i < NUDGES; i++) {
      new ArrayBuffer(NUDGE_BYTES);
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
  } catch {
    // No room to count with: then it comes by itself.
  }
}

interface Line {
  readonly worker: Worker;
  readonly port: MessagePort;
  /** The worker's end. */
  readonly theirs: MessagePort;
}

function ask(
  { worker, port, theirs }: Line,
  { passphrase, salt, params }: Omit<KdfRequest, "password"> & { readonly passphrase: Secret },
): Promise<KdfReply> {
  return new Promise((resolve, reject) => {
    port.onmessage = ({ data }: MessageEvent<KdfReply>): void => resolve(data);
    worker.onerror = (event): void => {
      event.preventDefault();
      reject(new Error(`The key derivation failed: ${event.message}`));
    };
    // The copy has memory of its own, so that it can be moved: nothing of it stays here.
    const password = new Uint8Array(new ArrayBuffer(passphrase.length));
    passphrase.use((bytes) => password.set(bytes));
    worker.postMessage(undefined, [theirs]);
    const request: KdfRequest = { password, salt: salt.slice(), params };
    port.postMessage(request, [password.buffer]);
  });
}
