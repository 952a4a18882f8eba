/** Addresses of nodes in `public.kv`, all of them in memory: the engine keeps at most 2,048. */
import type { NodeAddress } from "../wire/address.ts";
import { addresses, addressKey } from "./keys.ts";
import { intoCommits, type Kv, type KvMutation } from "./kv_port.ts";
import {
  decodeAddress,
  encodeAddress,
  type PublicBytes,
  type StoredAddress,
} from "./public_rows.ts";
import { Turns } from "./turns.ts";

/** What the node remembers of other nodes between two starts. */
export class Addresses {
  readonly #kv: Kv<PublicBytes>;
  readonly #rows: Map<NodeAddress, StoredAddress>;
  readonly #turns = new Turns();

  private constructor(kv: Kv<PublicBytes>, rows: Map<NodeAddress, StoredAddress>) {
    this.#kv = kv;
    this.#rows = rows;
  }

  /** Reads all addresses. Throws an `Error` for a row that isn't one. */
  static async open(kv: Kv<PublicBytes>): Promise<Addresses> {
    const rows = new Map<NodeAddress, StoredAddress>();
    for await (const row of kv.list({ prefix: addresses })) {
      const address = decodeAddress(row);
      rows.set(address.address, address);
    }
    return new Addresses(kv, rows);
  }

  /** All of them, in no set order. */
  all(): StoredAddress[] {
    return [...this.#rows.values()];
  }

  /** What is kept of one. */
  get(address: NodeAddress): StoredAddress | undefined {
    return this.#rows.get(address);
  }

  /** Adds or changes addresses. Throws a `StoreError` when the disk fails. */
  put(rows: readonly StoredAddress[]): Promise<void> {
    return this.#change(rows.map((row) => ({
      mutations: [{ kind: "set", key: addressKey(row.address), value: encodeAddress(row) }],
      apply: () => this.#rows.set(row.address, row),
    })));
  }

  /** Forgets addresses; unknown ones are skipped. Throws a `StoreError` when the disk fails. */
  remove(gone: readonly NodeAddress[]): Promise<void> {
    return this.#change(gone.map((address) => ({
      mutations: [{ kind: "delete", key: addressKey(address) }],
      apply: () => this.#rows.delete(address),
    })));
  }

  /** Ends when every change so far is on disk, or failed. */
  idle(): Promise<void> {
    return this.#turns.idle();
  }

  #change(groups: readonly Change[]): Promise<void> {
    return this.#turns.run(async () => {
      for (const commit of intoCommits(groups)) {
        await this.#kv.commit(commit.flatMap(({ mutations }) => mutations));
        for (const { apply } of commit) apply();
      }
    });
  }
}

interface Change {
  readonly mutations: readonly KvMutation<PublicBytes>[];
  readonly apply: () => void;
}
