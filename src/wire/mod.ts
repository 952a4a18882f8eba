/**
 * The formats of Gossamer (docs/PROTOCOL.md), pure: bytes in, values or a verdict out. Time, chance
 * and signatures are arguments.
 *
 * ```
 * TCP      Noise record ── record.ts, noise.ts
 *            └ frame ───── frame.ts         hello offer answer message result …
 *                └ message ── message.ts    [1, body, key, signature, stamp, statements]
 *                    ├ body ── body.ts      [type, created, …] status, private, profile …
 *                    └ statement ── statement.ts
 * UDP      beacon.ts        URL  locator.ts        all of it canonical MessagePack ── msgpack.ts
 *
 * bytes from a peer, or the owner's own ── admit.ts ──> AdmittedMessage ──> store, gossip, timeline
 * ```
 *
 * Other folders import from here; files in here import one another directly.
 *
 * @example A message is made, and admitted by whoever gets it
 * ```ts
 * import assert from "node:assert/strict";
 * import {
 *   admit, encodeBody, encodeEnvelope, identityKey, labelsOf, MAIN_NETWORK, messageId, messageIdOf,
 *   requiredStampBits, searchStamp, unixSeconds,
 * } from "./mod.ts";
 *
 * const labels = labelsOf(MAIN_NETWORK);
 * const now = unixSeconds(1_800_000_000);
 * const key = identityKey(new Uint8Array(32).fill(7));
 * const body = encodeBody({ kind: "retraction", created: now, id: messageId(new Uint8Array(32)) });
 * const id = messageIdOf(labels, { key, body });
 * const bits = requiredStampBits(3, body.length);
 * const stamp = searchStamp({ labels, id, bits, start: 0, tries: 1_000_000 });
 * assert(stamp !== undefined);
 * const signature = new Uint8Array(64); // the key store signs `signedBytes(labels, body)`
 * const bytes = encodeEnvelope({ body, key, signature, stamp, statements: [] });
 *
 * const verify = (): boolean => true; // the key store's verifier
 * const verdict = admit(bytes, { labels, now, known: () => false, verify, extraStampBits: 0 });
 * assert(verdict.kind === "accept" && verdict.message.id === id);
 * ```
 */
export * from "./address.ts";
export * from "./address_rules.ts";
export * from "./admit.ts";
export * from "./announcement.ts";
export * from "./attachment.ts";
export * from "./beacon.ts";
export * from "./body.ts";
export * from "./body_decode.ts";
export * from "./body_encode.ts";
export * from "./errors.ts";
export * from "./fields.ts";
export * from "./frame.ts";
export * from "./ids.ts";
export * from "./ip.ts";
export * from "./labels.ts";
export * from "./limits.ts";
export * from "./locator.ts";
export * from "./markup.ts";
export * from "./message.ts";
export * from "./msgpack.ts";
export * from "./negentropy.ts";
export * from "./noise.ts";
export * from "./privacy.ts";
export * from "./private_message.ts";
export * from "./record.ts";
export * from "./rules.ts";
export * from "./sealed_message.ts";
export * from "./stamp.ts";
export * from "./statement.ts";
export * from "./text.ts";
export * from "./time.ts";
export * from "./verify.ts";
