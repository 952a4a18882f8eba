/** The dearest messages that a peer can send to a node that holds many ids. */
import { MAX_SYNC_BYTES } from "../src/wire/limits.ts";
import { reconcile, respond, type SyncItems } from "../src/wire/negentropy.ts";
import { FINGERPRINT_BYTES, SYNC_MODE, SyncWriter } from "../src/wire/negentropy_codec.ts";

/** Bytes kept free for the last range. */
const SPARE = 64;
const ALL = { from: 0, to: Infinity };

/** Milliseconds of wall time that each kind of message costs, the best of three. */
export function hostileMessages(items: SyncItems): Record<string, number> {
  const zeros = new Uint8Array(FINGERPRINT_BYTES);
  const wrong = full(items, 24, (out) => {
    out.varint(SYNC_MODE.fingerprint);
    out.raw(zeros);
  });
  const skips = full(items, 5, (out) => out.varint(SYNC_MODE.skip));
  const lists = full(items, 6, (out) => {
    out.varint(SYNC_MODE.ids);
    out.varint(0);
  });
  const nothing = Uint8Array.of(0x61, 0, 0, SYNC_MODE.ids, 0);
  const differences = { have: (): void => {}, need: (): void => {} };
  return {
    respondToWrongFingerprintsMs: timed(() => respond(items, ALL, wrong)),
    respondToSkipsMs: timed(() => respond(items, ALL, skips)),
    respondToEmptyListsMs: timed(() => respond(items, ALL, lists)),
    reconcileWrongFingerprintsMs: timed(() => reconcile(items, ALL, wrong, differences)),
    reconcileEmptyListsMs: timed(() => reconcile(items, ALL, lists, differences)),
    reconcileNothingMs: timed(() => reconcile(items, ALL, nothing, differences)),
  };
}

/** As many ranges as fit, of so many bytes each, evenly over the ids. */
function full(items: SyncItems, bytes: number, write: (out: SyncWriter) => void): Uint8Array {
  const out = new SyncWriter();
  out.raw(Uint8Array.of(0x61));
  const count = Math.floor((MAX_SYNC_BYTES - SPARE) / bytes);
  for (let i = 1; i <= count && out.length < MAX_SYNC_BYTES - SPARE; i++) {
    const { created } = items.at(Math.floor(i * (items.size - 1) / count));
    out.bound({ timestamp: created, prefix: new Uint8Array() });
    write(out);
  }
  return out.bytes();
}

function timed(run: () => void): number {
  let best = Infinity;
  for (let i = 0; i < 3; i++) {
    const start = performance.now();
    run();
    best = Math.min(best, performance.now() - start);
  }
  return Math.round(best * 10) / 10;
}
