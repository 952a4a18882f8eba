/** The private half of the table of data_classes.ts. */
import type { Datum } from "./datum.ts";

/** Who can read what is sealed. */
const OWNER = "who has the passphrase; programs of your account while the node is unlocked";

/** What is private: never sent, and on disk only sealed, but where a row says that it isn't so yet. */
export const PRIVATE_DATA: readonly Omit<Datum, "dataClass">[] = [
  {
    what: "whom you follow, what you call them, since when, the heir that a locator named",
    places: ["memory", "private.kv"],
    seenBy: OWNER,
    until: "you unfollow; earlier versions linger in the file, sealed",
    border: "src/store/private.ts addFollow: Private",
    carriers: ["Follow: key petname heir followedAt", "row: r"],
  },
  {
    what: "whom you block, since when",
    places: ["memory", "private.kv"],
    seenBy: OWNER,
    until: "you unblock; earlier versions linger in the file, sealed",
    border: "src/store/blocks.ts add: Private",
    carriers: ["Block: key blockedAt"],
  },
  {
    what:
      "your messages that were not seen back from others yet: bytes, whose, when they were made",
    places: ["memory", "private.kv"],
    seenBy: OWNER,
    until: "seen back, at most 30 days; earlier versions linger in the file, sealed",
    border: "src/store/sealed_list.ts add: Private",
    carriers: ["OutboxEntry: id bytes origin since"],
  },
  {
    what: "private messages to you and from you: who, to whom, when, text, files, what they answer",
    places: ["memory", "private.kv"],
    seenBy:
      `${OWNER}; who wrote to you or whom you wrote to; whoever gets your key or theirs, later too (no forward secrecy), as far as anybody kept the message; whoever reads this disk: how much it is, to 64 kB`,
    until: "the oldest go over 56 MiB, those of strangers over 8; its author takes it back",
    border: "src/store/letters.ts add: Private",
    carriers: [
      "PrivateMessage: created text attachments replyTo",
      "InnerSealed: author enc ct",
      "LetterHead: id key from to sent created",
      "Letter: text attachments replyTo",
    ],
  },
  {
    what: "the secrets of the keys that signed your private messages, and which you take back when",
    places: ["memory", "private.kv"],
    seenBy: OWNER,
    until: "the message goes, the retraction left",
    border: "src/store/sealed_list.ts add: Private",
    carriers: ["Letter: secret", "TakeBack: id secret origin due"],
  },
  {
    what: "which private messages were tried with your identities, whether or not one was for you",
    places: ["memory", "private.kv"],
    seenBy: `${OWNER}; whoever reads this disk: when the node was unlocked`,
    until: "the message is gone from this disk",
    border: "src/store/tried.ts mark: Private",
    carriers: [],
  },
  {
    what: "posts kept beyond their time: yours, and those of whom you followed when they came",
    places: ["private.kv"],
    seenBy:
      `${OWNER}; whoever reads this disk: how much there is, to 64 kB, and when it was checked`,
    until: "its author takes it back; you delete the identity",
    border: "src/store/record_codec.ts sealHead: Sealed",
    carriers: [],
  },
  {
    what: "your settings: how far trust reaches",
    places: ["memory", "private.kv"],
    seenBy: OWNER,
    until: "you change them; earlier ones linger in the file, sealed",
    border: "src/store/trust_settings.ts setMaxDistance: Private",
    carriers: [],
  },
  {
    what: "your secret keys",
    places: ["memory", "keys"],
    seenBy: "nobody; in memory root and debuggers of your account while the node is unlocked",
    until: "you delete keys",
    border: "src/keystore/key_contents.ts KeyEntry: Secret",
    carriers: ["KeyEntry: seed", "KeyContents: entries"],
  },
  {
    what: "what you call your identities, when each was made, its successor's hash",
    places: ["memory", "keys"],
    seenBy: OWNER,
    until: "you delete keys",
    border: "src/keystore/key_contents.ts KeyEntry: Private",
    carriers: ["KeyEntry: created name heir", "OwnIdentity: key name created heir"],
  },
  {
    what: "the key of private.kv, in keys and sealed to each identity in private.kv's 16 slots",
    places: ["memory", "keys", "private.kv"],
    seenBy: "nobody; in memory root and debuggers of your account while the node is unlocked",
    until: "you delete keys",
    border: "src/keystore/key_contents.ts KeyContents: Secret",
    carriers: ["KeyContents: storeKey"],
  },
  {
    what: "the passphrase",
    places: ["memory"],
    seenBy:
      "nobody; in the memory of a command while it works with it; typed into the web page, in the browser's and the node's",
    until:
      "it was used; copies that a browser made of what was typed into the page, and without scripts the node's runtime, last until these reuse the memory; never written",
    border: "src/keystore/passphrase.ts passphraseFrom: Secret",
    carriers: ["OpenKeyFileOptions: passphrase"],
  },
  {
    what: "an archive of an identity: its secret key, name, time of making, successor's hash",
    places: ["your files"],
    seenBy: "who has the file and its passphrase; without that, only what opening it costs",
    until: "you destroy the file; import does",
    border: "src/keystore/sealed_file.ts IdentitySeal: Secret",
    carriers: ["SealedKind: magic what", "SealedForm: contentsBytes"],
  },
  {
    what:
      "a backup: the file of keys, private.kv but for what is on its way; statements, profiles and addresses as in public.kv; how many of each, and when it was made",
    places: ["your files"],
    seenBy:
      "who has the file and its passphrase, and for keys and private.kv yours, too; without the first, only how much it is, to an eighth, and what opening it costs",
    until: "you destroy the file: nothing else does",
    border: "src/store/record_codec.ts restoredRecord: Sealed",
    carriers: [
      "BackupHead: network schema madeAt counts",
      "BackupCounts: identities follows blocks archived letters requests statements profiles pending",
    ],
  },
  {
    what: "a recovery sheet: a successor's secret key and a revocation, sealed",
    places: ["your files"],
    seenBy: "who has the sheet and its passphrase; whose it is, whoever has the sheet",
    until: "you destroy it: nothing else does",
    border: "src/keystore/recovery.ts Recovery: Secret",
    carriers: ["Recovery: successor revocation", "RecoverySheet: identity network sealed"],
  },
  {
    what: "a closed network's key",
    places: ["memory", "your files"],
    seenBy: "who has the file that you name; in memory root",
    until: "the node stops",
    border: "src/node/network_name.ts readNetworkKey: Uint8Array",
    carriers: ["NodeOptions: networkKeyFile"],
  },
  {
    what: "the proxy's address, user name and password; host names that it is to look up",
    places: ["memory"],
    seenBy:
      "the proxy; the machine's list of processes and your shell's history, where you typed it",
    until: "the node stops",
    border: "src/node/proxy.ts credentials: Private",
    carriers: ["NodeOptions: proxy", "Proxy: host port credentials", "Credentials: user password"],
  },
  {
    what: "which addresses came from a locator that you opened",
    places: ["memory", "public.kv"],
    seenBy: "whoever reads this disk: not protected yet",
    until: "you delete public.kv",
    border: "src/store/public_rows.ts encodeAddress: Public",
    carriers: ["StoredAddress: locator"],
  },
];
