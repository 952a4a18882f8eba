/** The border between what beacons mean and how they travel: bytes out, bytes in. */
import type { Public } from "../wire/privacy.ts";

/** A datagram as it came in. */
export interface Datagram {
  /** The sender's IP address; its port means nothing. */
  readonly host: string;
  /** What it sent. Longer ones than any beacon may come cut short, but never so short as to fit. */
  readonly bytes: Uint8Array;
}

/** What became of a send. */
export interface Sent {
  /** Networks that this machine is on and that have a broadcast address, loopback only where nothing else is. */
  readonly networks: number;
  /** Datagrams that left to these. */
  readonly sent: number;
  /** What the system said to the last one of them that didn't leave, if any. */
  readonly error?: string;
}

/** A way to say something to everybody near. */
export interface BeaconPort {
  /**
   * Sends to every network that this machine is on right now. Best effort: a network that is down,
   * missing or forbidden is skipped. Never rejects.
   */
  send(bytes: Public<Uint8Array>): Promise<Sent>;
  /**
   * The next datagram, own ones included, or `undefined` once the port is closed. One caller at a
   * time; what comes in faster than it is asked for may be dropped.
   */
  receive(): Promise<Datagram | undefined>;
  /** Stops both; a pending `receive` answers `undefined`. May be called again. */
  close(): void;
}
