/**
 * One encrypted connection to a peer (docs/PROTOCOL.md section 6): the Noise handshake here, then
 * frames in records (`session_link.ts`). It knows nothing of what is in a frame.
 */
import { WireError } from "../wire/errors.ts";
import type { Labels } from "../wire/labels.ts";
import { handshakeLength, NOISE_KEY_BYTES, NoiseHandshake, type NoiseRole } from "../wire/noise.ts";
import { prefixLength, RecordReader } from "../wire/record.ts";
import { NATIVE_AEAD } from "./native_aead.ts";
import { LinkSession, type Session } from "./session_link.ts";
import type { Connection } from "./transport_port.ts";

export type { Session, SessionEnd } from "./session_link.ts";

/** Milliseconds for the handshake (docs/PROTOCOL.md section 6, deadlines). */
const HANDSHAKE_TIMEOUT_MS = 5_000;
/** Milliseconds that `close` takes at most; our choice, several round trips on a bad line. */
const CLOSE_TIMEOUT_MS = 3_000;

/**
 * Why there is no session. `refused`: the peer's handshake was not for this network and network key,
 * or no handshake at all. None of them is a reason for blame: two networks may meet on one address.
 */
export type HandshakeFailure = "refused" | "timeout" | "lost";

/** What {@linkcode openSession} rejects with. The connection is closed by then. */
export class HandshakeError extends Error {
  /** See `Error`. */
  override readonly name = "HandshakeError";
  /** Why. */
  readonly reason: HandshakeFailure;

  /** Makes an error that tells the reason and nothing of keys or bytes. */
  constructor(reason: HandshakeFailure) {
    super(`Handshake failed: ${reason}`);
    this.reason = reason;
  }
}

/** What a session is made of. */
export interface SessionOptions {
  /** Belongs to the session from now on. */
  readonly connection: Connection;
  /** The initiator is who dialled. */
  readonly role: NoiseRole;
  /** Labels of the network: nodes of another don't get through the handshake. */
  readonly labels: Labels;
  /** The network's key, 32 bytes, if it has one. */
  readonly networkKey?: Uint8Array | undefined;
  /** That many fresh bytes from a cryptographic generator. */
  readonly random: (length: number) => Uint8Array;
  /** 5,000 unless said. */
  readonly handshakeTimeoutMs?: number;
  /** 3,000 unless said. */
  readonly closeTimeoutMs?: number;
}

/** Shakes hands. Rejects with a {@linkcode HandshakeError}, having closed the connection. */
export async function openSession(options: SessionOptions): Promise<Session> {
  const { connection, handshakeTimeoutMs = HANDSHAKE_TIMEOUT_MS } = options;
  const handshake = new NoiseHandshake({
    role: options.role,
    prologue: options.labels.noise,
    ephemeralSecret: options.random(NOISE_KEY_BYTES),
    psk: options.networkKey,
    aead: NATIVE_AEAD,
  });
  const reader = new RecordReader();
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    connection.close();
  }, handshakeTimeoutMs);
  try {
    await shakeHands(handshake, { ...options, reader });
    if (late) throw new Error("Too late");
    const { closeTimeoutMs = CLOSE_TIMEOUT_MS } = options;
    return new LinkSession({ connection, reader, link: handshake.split(), closeTimeoutMs });
  } catch (error) {
    handshake.wipe();
    connection.close();
    if (late) throw new HandshakeError("timeout");
    throw new HandshakeError(error instanceof WireError ? "refused" : "lost");
  } finally {
    clearTimeout(timer);
  }
}

async function shakeHands(
  handshake: NoiseHandshake,
  options: SessionOptions & { readonly reader: RecordReader },
): Promise<void> {
  const { connection, role, reader } = options;
  const psk = options.networkKey !== undefined;
  const write = (): Promise<void> => connection.write(prefixLength(handshake.write()));
  const read = async (message: 1 | 2): Promise<void> => {
    const expected = handshakeLength(message, { psk });
    for (;;) {
      const bytes = reader.next((length) => length === expected);
      if (bytes !== undefined) return void handshake.read(bytes);
      const chunk = await connection.read();
      if (chunk === null) throw new Error("The connection ended");
      reader.push(chunk);
    }
  };
  if (role === "initiator") {
    await write();
    await read(2);
  } else {
    await read(1);
    await write();
  }
}
