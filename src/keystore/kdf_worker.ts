/**
 * The worker in which `kdf.ts` has one key derived. It gets a port and, through it, one
 * {@linkcode KdfRequest}; it answers one {@linkcode KdfReply} and is ended by whoever started it.
 */
import { argon2idHere } from "./argon2id.ts";
import type { KdfParams } from "./kdf_params.ts";

/** What to derive. */
export interface KdfRequest {
  /** The passphrase; moved here, not copied. */
  readonly password: Uint8Array;
  /** 16 random bytes. */
  readonly salt: Uint8Array;
  /** Already checked. */
  readonly params: KdfParams;
}

/** The key, moved; or that there was too little memory; or what else was wrong. */
export type KdfReply =
  | { readonly kind: "key"; readonly key: Uint8Array }
  | { readonly kind: "memory" }
  | { readonly kind: "failed"; readonly message: string };

globalThis.addEventListener("message", (started) => {
  const [port] = started instanceof MessageEvent ? started.ports : [];
  if (port === undefined) return;
  port.onmessage = async ({ data }: MessageEvent<KdfRequest>): Promise<void> => {
    const reply = await derive(data);
    port.postMessage(reply, reply.kind === "key" ? [reply.key.buffer as ArrayBuffer] : []);
  };
});

async function derive({ password, salt, params }: KdfRequest): Promise<KdfReply> {
  try {
    return { kind: "key", key: await argon2idHere(password, { salt, params }) };
  } catch (error) {
    // WebAssembly says with a RangeError that it gets no memory; its message would tell nobody anything.
    if (error instanceof RangeError) return { kind: "memory" };
    return { kind: "failed", message: error instanceof Error ? error.message : "unknown error" };
  } finally {
    password.fill(0);
  }
}
