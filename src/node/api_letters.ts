/** The API's methods for private messages: a part of the table in `api.ts`. */
import type { AttachmentInput, ConversationView, LetterView } from "./api_views.ts";

/** Methods for private messages, as in {@linkcode Api}. */
export interface LetterApi {
  /** What should be known before a private message is sent; needs the keys. */
  recipient: {
    params: { /** `g1…`. */ readonly to: string };
    result: {
      /** Recipient, `g1…`. */
      readonly id: string;
      /** Petname, else claimed name, else "". */
      readonly name: string;
      /** Whether it was revoked: whoever ended it, a private message may reach a thief or nobody. */
      readonly revoked: boolean;
      /** Whether no private message was ever sent from here. */
      readonly first: boolean;
    };
  };
  /** Seals a private message and puts it into the outbox. */
  send: {
    params: {
      /** Recipient, `g1…`. */
      readonly to: string;
      /** Up to 2,000 characters; may be empty if something is attached. */
      readonly text: string;
      readonly as?: string;
      readonly replyTo?: string;
      readonly attachments: readonly AttachmentInput[];
    };
    /** `waiting`: no node runs, so it goes out at the next start or unlock of one. */
    result: {
      readonly id: string;
      readonly to: string;
      readonly created: number;
      readonly waiting: boolean;
    };
  };
  /** Private messages that came, or a conversation; needs the keys. */
  inbox: {
    params: {
      /** The newest so many, 1 to 1,000, oldest first. */
      readonly limit: number;
      /** Only those before this one of the same list: its id, or the first digits. */
      readonly before?: string;
      /** Only what was said with this identity, in both directions. */
      readonly with?: string;
      /** Only of this own identity. */
      readonly as?: string;
      /** Those of strangers instead of the others; without effect on a conversation. */
      readonly requests: boolean;
      /** Those that blocks hide instead of the others. */
      readonly hidden?: boolean;
      /** Answers when something new came, or after some seconds. */
      readonly news?: boolean;
      /** Answers at once, although not everything that is here was tried. */
      readonly now?: boolean;
    };
    result: {
      readonly messages: readonly LetterView[];
      /** How many there are of strangers. */
      readonly requests: number;
      /** Whether everything that is here was tried; `false` after an unlock, for a while. */
      readonly caughtUp: boolean;
      /** Whether older ones had to go for newer ones since the keys were opened. */
      readonly full: boolean;
    };
  };
  /** With whom private messages were exchanged, whoever wrote first, newest first; needs the keys. */
  conversations: {
    params: {
      /** So many people, 1 to 1,000. */
      readonly limit: number;
      /** Only those who come behind this one in the list, `g1…`. */
      readonly before?: string;
      /** Strangers instead of the others. */
      readonly requests: boolean;
      /** Those who are blocked instead of the others. */
      readonly hidden?: boolean;
    };
    result: {
      readonly people: readonly ConversationView[];
      /** Whether there are more behind them. */
      readonly more: boolean;
      /** How many strangers there are. */
      readonly requests: number;
      /** As for `inbox`; it isn't waited for. */
      readonly caughtUp: boolean;
      /** As for `inbox`. */
      readonly full: boolean;
    };
  };
}
