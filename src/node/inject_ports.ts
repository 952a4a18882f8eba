/** What goes into the injector, what it works with, and what comes out (inject.ts). */
import type { AdmitPurpose, FairQueueRules, PlaceNumbers } from "../gossip/mod.ts";
import type { PublicStore } from "../store/mod.ts";
import type { ResultCode } from "../wire/frame.ts";
import type { MessageId } from "../wire/ids.ts";
import type { Labels } from "../wire/labels.ts";
import type { AdmittedMessage } from "../wire/message.ts";
import type { VerifyLater } from "../wire/verify.ts";
import type { Clock } from "./clock.ts";
import type { Hub } from "./hub.ts";
import type { Log } from "./log.ts";

/** What became of some bytes. */
export interface Injected {
  /** The result as it goes to a peer. */
  readonly code: ResultCode;
  /** The message, if it was novel and is now on disk. */
  readonly message: AdmittedMessage | undefined;
  /** Bits that the message's stamp has over the base, if it is known. */
  readonly spareBits?: number;
  /** Appended statements that cost a check. */
  readonly novelStatements?: number;
}

/** Where bytes come from and what is asked of them. */
export interface InjectOptions {
  /** A message of any other id is malformed. */
  readonly expected?: MessageId | undefined;
  /** Prefix of the peer that they came from; absent for the owner's own. */
  readonly place?: string;
  /** What for: what sync brings is stored at freshness 0, all else at the full one. */
  readonly purpose?: AdmitPurpose;
  /** By whom it waits for its turn; the owner's own messages are one payer, too. */
  readonly payer?: string;
  /** Bits that its stamp must have over the base: 0 unless given. */
  readonly extraStampBits?: number;
  /** Appended statements that may cost a check; all of them unless given. */
  readonly novelStatements?: number;
  /** Whether nobody changes the bytes any more, so that they needn't be copied. */
  readonly owned?: boolean;
}

/** What decides whether there is room for what others send. */
export interface Keeping {
  /** Whether there is room for messages, the owner's own too. */
  readonly room: boolean;
  /** Whether a message of others isn't to be stored although it is valid. */
  refuses(message: AdmittedMessage): boolean;
  /** Is told that the disk took no more. */
  diskFull(): void;
}

/** What an injector works with. */
export interface InjectorPorts {
  /** Labels of the network. */
  readonly labels: Labels;
  /** Where messages are kept. */
  readonly store: PublicStore;
  /** The one rule of signatures. */
  readonly verify: VerifyLater;
  /** For lifetimes, and when a message was stored. */
  readonly clock: Pick<Clock, "now">;
  /** Takes what is outside its lifetime by that clock. */
  readonly outside?: (bytes: Uint8Array, expected: MessageId | undefined) => void;
  /** Whether there is room; there always is without it. */
  readonly keeping?: Keeping;
  /** Is told of each message that was stored. */
  readonly hub: Hub;
  /** Takes diagnostics. */
  readonly log: Log;
  /** Other numbers for prefixes, for tests. */
  readonly places?: PlaceNumbers;
  /** Other bounds of the queue and of a commit, for tests. */
  readonly queue?: FairQueueRules & { readonly batch: number };
}
