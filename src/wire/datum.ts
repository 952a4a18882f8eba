/** What is said of each datum in the table of data_classes.ts. */

/** Whether anybody may know a datum, or only the node's owner. */
export type DataClass = "public" | "private";

/** Where a datum is kept or goes. */
export type DataPlace =
  /** The process's memory only. */
  | "memory"
  /** The store that anybody may read who gets hold of it. */
  | "public.kv"
  /** The sealed store. */
  | "private.kv"
  /** The file of keys, sealed under the passphrase but for its header. */
  | "keys"
  /** The encrypted link to other nodes. */
  | "peers"
  /** A broadcast in the local network. */
  | "local network"
  /** BitTorrent's DHT. */
  | "DHT"
  /** A URL that the owner gives away. */
  | "locator"
  /** A file that the owner asked for, outside of the data folder. */
  | "your files"
  /** What the node prints, which a journal may keep. */
  | "output";

/** One datum, or several that share a fate. */
export interface Datum {
  /** What it is. */
  readonly what: string;
  /** Whether anybody may know it. */
  readonly dataClass: DataClass;
  /** Where it is. */
  readonly places: readonly DataPlace[];
  /** Who can see it. */
  readonly seenBy: string;
  /** How long. */
  readonly until: string;
  /** `file symbol: type`: where it crosses a border, and as which type (`Public`, `Private`, `Secret`, `Sealed`). */
  readonly border: string;
  /**
   * `Type: field field …`: what carries it in the code. `row` are the kinds of rows of both
   * databases, `meta` the facts in `public.kv`, `Setting` the names of private settings.
   */
  readonly carriers: readonly string[];
}
