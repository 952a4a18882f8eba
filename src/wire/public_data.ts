/** The public half of the table of data_classes.ts. */
import type { Datum } from "./datum.ts";

/** Who reads the link. */
const PEERS = "nodes that this one exchanges with: anybody who runs one";
const EVERYBODY = "everybody, through any node; whoever reads this disk";
const FOR_EVER = "for ever: others keep copies";
const EXCHANGE = "the exchange; the peer may note it";
const MESSAGE = "src/wire/message.ts encodeEnvelope: Public";
const FRAME = "src/wire/frame.ts encodeFrame: Public";
const META = "src/store/public_rows.ts encodeMeta: Public";

/** What is public: anybody may know it, so it is sent and stored as it is. */
export const PUBLIC_DATA: readonly Omit<Datum, "dataClass">[] = [
  {
    what: "a post: text, marks, what it answers or quotes, warning; when it was written, to 10 s",
    places: ["public.kv", "peers"],
    seenBy: EVERYBODY,
    until: FOR_EVER,
    border: MESSAGE,
    carriers: [
      "StatusBody: created text markup attachments profile",
      "Markup: start end type value",
    ],
  },
  {
    what: "an attachment, with its name and all that is in it",
    places: ["public.kv", "peers"],
    seenBy: EVERYBODY,
    until: FOR_EVER,
    border: MESSAGE,
    carriers: ["Attachment: mediaType name bytes alt"],
  },
  {
    what: "a profile: name, bio, link, the hash of a successor key, when it was changed",
    places: ["public.kv", "peers"],
    seenBy: EVERYBODY,
    until: FOR_EVER,
    border: "src/store/public_rows.ts encodeProfile: Public",
    carriers: [
      "ProfileBody: created profile",
      "Profile: updated name bio link heir",
      "SeenHeir: first disputed",
      "row: p e",
    ],
  },
  {
    what: "a retraction: which message, and when",
    places: ["public.kv", "peers"],
    seenBy: EVERYBODY,
    until: FOR_EVER,
    border: MESSAGE,
    carriers: ["RetractionBody: created id"],
  },
  {
    what: "a statement: who verified or revoked whom, when, with whose consent",
    places: ["public.kv", "peers"],
    seenBy: EVERYBODY,
    until: FOR_EVER,
    border: "src/wire/statement.ts encodeStatement: Public",
    carriers: [
      "StatementBody: created statement",
      "StatementContent: type issuer subject issued consent",
      "Statement: signature stamp",
      "StatementRow: statement",
      "row: s i v",
    ],
  },
  {
    what: "in which order statements were first seen here",
    places: ["public.kv", "peers"],
    seenBy: `whoever reads this disk; ${PEERS}, who may guess at it from which ones are appended`,
    until: "the statement goes, or you delete public.kv",
    border: "src/store/public_rows.ts encodeStatementRow: Public",
    carriers: ["StatementRow: order"],
  },
  {
    what: "the shell of a message: kind, author's public key, signature, stamp, statements with it",
    places: ["public.kv", "peers"],
    seenBy: EVERYBODY,
    until: FOR_EVER,
    border: MESSAGE,
    carriers: [
      "Envelope: body key signature stamp statements",
      "DecodedEnvelope: skipped",
      "AdmittedMessage: id key body statements bytes",
      "StatusBody: kind",
      "PrivateBody: kind",
      "ProfileBody: kind",
      "RetractionBody: kind",
      "StatementBody: kind",
      "UnknownBody: kind type created",
      "row: m",
    ],
  },
  {
    what: "that there is a private message, its size and hour, but not what it says nor to whom",
    places: ["public.kv", "peers"],
    seenBy: EVERYBODY,
    until: FOR_EVER,
    border: MESSAGE,
    carriers: ["PrivateBody: created sealed", "Sealed: suite enc ct"],
  },
  {
    what:
      "private messages beyond their time, everybody's, sealed as they came; how many bytes these are",
    places: ["memory", "public.kv"],
    seenBy: "whoever reads this disk; no peer gets them any more",
    until: "newer ones need the room: 64 MiB, or a tenth of what may be stored",
    border: "src/store/held_private.ts take: Public",
    carriers: ["row: h", "meta: held"],
  },
  {
    what:
      "of each stored message: author, kind, freshness, size, what it refers to, bits of whom it mentions, when stored",
    places: ["memory", "public.kv"],
    seenBy: "whoever reads this disk, in the order of storing; your own come to it as others' do",
    until: "the message is dropped: after 30 days, or when space is short",
    border: META,
    carriers: [
      "MessageMeta: id key type created size freshness storedAt late ref mentions retracted",
      "row: t",
    ],
  },
  {
    what:
      "ids of messages that were dropped or, with --relay text, never stored; when each was made",
    places: ["memory", "public.kv"],
    seenBy: "whoever reads this disk; peers by offering an id",
    until: "the message's lifetime ends",
    border: "src/store/public_rows.ts encodeRemembered: Public",
    carriers: ["DroppedId: id created", "row: d"],
  },
  {
    what: "the time before which messages are refused, and how many statements are stored",
    places: ["memory", "public.kv", "peers"],
    seenBy: `${PEERS} (the time alone); whoever reads this disk`,
    until: "you delete public.kv",
    border: "src/store/public_rows.ts encodeFact: Public",
    carriers: ["meta: horizon statements order"],
  },
  {
    what: "your node's IP address and TCP port",
    places: ["memory", "peers"],
    seenBy: `${PEERS}; whoever they tell; whoever watches the line`,
    until: "others forget the address",
    border: FRAME,
    carriers: ["HelloFrame: port", "OfferFrame: address"],
  },
  {
    what: "your port, and 8 bytes drawn at each start, unless --no-lan",
    places: ["local network"],
    seenBy: "every machine in the local network",
    until: "they forget it",
    border: "src/wire/beacon.ts encodeBeacon: Public",
    carriers: ["Beacon: port instance"],
  },
  {
    what: "the same by mDNS, with your address on that network, unless --no-mdns",
    places: ["local network"],
    seenBy: "every machine in the local network",
    until: "your node takes it back when it stops; else they forget it within eight hours",
    border: "src/wire/announcement.ts announcementOf: Public",
    carriers: ["Announcement: name target tcpPort tag"],
  },
  {
    what: "your port, and that it is for Gossamer, told to the router unless --no-port-mapping",
    places: ["local network"],
    seenBy: "the router; every machine in the local network that asks it or claims to be one",
    until: "your node takes it back when it stops; else within an hour",
    border: "src/wire/announcement.ts portRequestOf: Public",
    carriers: ["PortRequest: mappedPort purpose"],
  },
  {
    what: "with --dht, your port under a key that is the network's and the day's",
    places: ["DHT"],
    seenBy:
      "anybody: whoever asks BitTorrent's DHT for that key gets your address, and knows that " +
      "it runs Gossamer",
    until: "the DHT's nodes forget it, within some hours",
    border: "src/wire/dht.ts dhtAnnouncement: Public",
    carriers: ["DhtAnnouncement: infohash tcpPort"],
  },
  {
    what:
      "addresses of other nodes, their freshness, when an exchange with each was last completed; in memory only, how much each prefix brought in the last hour, and by which ways your node heard of each (but for a locator: see below)",
    places: ["memory", "public.kv", "peers"],
    seenBy: `${PEERS} (one address an exchange); whoever reads this disk`,
    until: "given up after failures; the last 64 used, and a locator's, never",
    border: "src/store/public_rows.ts encodeAddress: Public",
    carriers: ["StoredAddress: address freshness lastSeen", "row: a"],
  },
  {
    what: "how your node exchanges: its clock to 5 minutes, rules, wishes, answers and results",
    places: ["peers"],
    seenBy: PEERS,
    until: EXCHANGE,
    border: FRAME,
    carriers: [
      "HelloFrame: kind observed capabilities extraStampBits time horizon digest",
      "OfferFrame: kind",
      "AnswerFrame: kind codes knewAddress stems",
      "MessageFrame: kind",
      "ResultFrame: kind code",
      "SyncFrame: kind from to",
      "FetchFrame: kind",
      "ByeFrame: kind",
      "BusyFrame: kind seconds",
      "StemFrame: kind",
    ],
  },
  {
    what: "which messages your node has: ids offered, asked for and reconciled, and their bytes",
    places: ["peers"],
    seenBy: PEERS,
    until: EXCHANGE,
    border: FRAME,
    carriers: [
      "OfferFrame: ids",
      "MessageFrame: bytes",
      "SyncFrame: bytes",
      "FetchFrame: ids",
      "StemFrame: bytes",
    ],
  },
  {
    what: "a locator that you give away: addresses, identities, the network's name",
    places: ["locator"],
    seenBy: "whoever sees the locator: that these identities are at home at these addresses",
    until: "the locator is lost",
    border: "src/wire/locator.ts formatLocator: string",
    carriers: [
      "Locator: addresses identities starters network",
      "LocatorIdentity: key heirPrefix",
      "LocatorAddress: kind address host port",
    ],
  },
  {
    what:
      "a capsule that you write: messages stored here, with --with-pending yours that no other node " +
      "has, and the network's name",
    places: ["your files"],
    seenBy: "who has the file: that somebody with Gossamer had these messages, and when at the " +
      "latest; with --with-pending, by comparing with others, which of them are yours",
    until: "you delete the file; a stick keeps what is deleted",
    border: "src/wire/capsule.ts capsuleRecord: Uint8Array",
    carriers: ["CapsuleHeader: kind network bytes version"],
  },
  {
    what: "parameters of the passphrase's derivation, salt and nonce",
    places: ["keys", "your files"],
    seenBy: "whoever reads this disk, or has an archive or a sheet",
    until: "you delete keys",
    border: "src/keystore/key_file.ts sealKeyFile: Uint8Array",
    carriers: ["SealedHeader: params salt nonce", "KdfParams: memoryKiB passes"],
  },
  {
    what:
      "the network's name, the folder's schema and which version reads it, the last day on which peers confirmed the clock",
    places: ["public.kv"],
    seenBy: "whoever reads this disk",
    until: "you delete public.kv",
    border: "src/store/public_rows.ts encodeFact: Public",
    carriers: ["meta: schema needs network clock"],
  },
  {
    what: "random bytes that a compaction writes and deletes, to search for them afterwards",
    places: ["public.kv"],
    seenBy: "whoever reads this disk while it lasts",
    until: "the compaction ends",
    border: "src/store/public_rows.ts canaryRow: Public",
    carriers: ["row: canary"],
  },
  {
    what: "the node's own events: port and addresses, exchanges without partners, ids that came",
    places: ["output"],
    seenBy: "who reads the node's output, or the journal that keeps it",
    until: "the journal is deleted",
    border: "src/node/node_options.ts NodeHooks: NodeEvent",
    carriers: [
      "ReadyEvent: event port addresses",
      "ExchangeEvent: event direction outcome received delivered",
      "MessageEvent: event id",
      "StoppedEvent: event",
    ],
  },
  {
    what:
      "metrics: how many exchanges, messages, reconciliations and connections there were, memory, disk " +
      "and clock; of nobody in particular",
    places: ["memory", "output"],
    seenBy:
      "who may ask the control socket, and whoever you give them to: about what who watches the " +
      "line sees, and on a quiet line perhaps when something of yours went out",
    until: "the node stops; elsewhere as long as it is kept there",
    border: "src/node/metrics.ts metricsOf: MetricFamily",
    carriers: [],
  },
];
