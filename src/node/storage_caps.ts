/**
 * How much a node stores at most (docs/PROTOCOL.md section 7). The disk's size is read once, at the
 * start: later the node has no right to look at the disk any more.
 */
import { statfsSync } from "node:fs";
import type { MaxStorage } from "./node_options.ts";
import { UserError } from "./user_error.ts";

/** What may be stored. */
export interface StorageCaps {
  /** Bytes on disk, as the store reckons them, without the write-ahead log. */
  readonly bytes: number;
  /** Messages, those included whose author took them back. */
  readonly messages: number;
}

/** Fewest bytes that make sense: a few hundred posts. */
const MIN_STORAGE_BYTES = 1_000_000;
/** Part of the disk unless the owner says otherwise: section 7. */
const DEFAULT_PERCENT = 10;
/**
 * Messages at most by bytes of memory: section 7. Measured (`bench:memory`): 131 MB with 100,000,
 * some 210 with 500,000, 297 with a million; a quarter of the memory each, and room for Argon2id, which a
 * command takes beside the node. A container's limit can't be seen: the runtime lets nobody read it.
 */
const MAX_MESSAGES: readonly { readonly below: number; readonly messages: number }[] = [
  { below: 0.75 * 2 ** 30, messages: 100_000 },
  { below: 2 * 2 ** 30, messages: 500_000 },
  { below: Infinity, messages: 1_000_000 },
];
/** Part of the disk that is left free whatever the cap: a system without any stands still. */
const FREE_SHARE = 0.01;

/** What this machine has, in bytes. */
export interface Machine {
  /** Size of the disk that holds the data, and what is free of it. */
  readonly disk: number;
  /** See `disk`. */
  readonly free: number;
  /** Memory in all. */
  readonly memory: number;
}

/** Reads what this machine has. Throws a `UserError` when the disk can't be looked at. */
export function lookAtMachine(dataDir: string): Machine {
  try {
    const { bsize, blocks, bavail } = statfsSync(dataDir);
    return { disk: bsize * blocks, free: bsize * bavail, memory: Deno.systemMemoryInfo().total };
  } catch {
    throw new UserError(
      "failed",
      `How large the disk with ${dataDir} is can't be told, so no share of it can be kept to. ` +
        "Nothing was changed. Say how much may be stored: --max-storage 2GB",
    );
  }
}

/**
 * What may be stored on this machine, where the store takes `used` bytes already. Throws a
 * `UserError` of code `usage` for less than makes sense, or more than the disk has.
 */
export function storageCaps(
  machine: Machine,
  { max, used }: { readonly max: MaxStorage | undefined; readonly used: number },
): StorageCaps {
  const messages = MAX_MESSAGES.find(({ below }) => machine.memory < below)?.messages ?? 0;
  const wanted = max?.kind === "bytes"
    ? max.bytes
    : Math.floor(machine.disk * (max?.percent ?? DEFAULT_PERCENT) / 100);
  if (max !== undefined) check(wanted, machine);
  const room = used + machine.free - machine.disk * FREE_SHARE;
  return { bytes: Math.floor(Math.max(0, Math.min(wanted, room))), messages };
}

function check(wanted: number, { disk }: Machine): void {
  if (wanted < MIN_STORAGE_BYTES) {
    throw new UserError(
      "usage",
      `--max-storage: that is ${wanted} bytes, and a node needs at least 1MB to be of any use. ` +
        "Nothing was changed.",
    );
  }
  if (wanted > disk) {
    throw new UserError(
      "usage",
      `--max-storage: the disk with the data folder has ${disk} bytes, less than that. Nothing was ` +
        "changed.",
    );
  }
}
