/**
 * What a process does for its secrets before anything else (docs/PROTOCOL.md section 11): locked pages
 * that no core dump holds, no core dumps at all, and then no native code any more.
 */
import { LIBRARIES, NativeMemory } from "./native_memory.ts";
import { keepSecretsIn } from "./secret.ts";
import { SecretArena } from "./secret_arena.ts";
import { openSwap, swapWarning } from "./swap.ts";

/**
 * Bytes for all secrets of a process: the keys of 16 identities and three encodings of them. Under
 * 64 KiB, the most that Linux before 5.16 lets an ordinary account lock.
 */
const ARENA_BYTES = 49_152;

/** Native libraries that this program ever opens, on this system. */
export const NATIVE_LIBRARIES: readonly string[] = LIBRARIES[Deno.build.os] ?? [];

const ADVICE = "Encrypt the swap and do not share core dumps.";

/** What could be done for a process's secrets. */
export interface Protection {
  /** Whether the system could be asked at all. */
  readonly native: boolean;
  /** Whether the pages with secrets are locked, so that they never go to swap. */
  readonly locked: boolean;
  /** Whether the process leaves no core dumps. */
  readonly noDumps: boolean;
  /** Swap that isn't known to be encrypted, by name; null where that can't be told. */
  readonly openSwap: readonly string[] | null;
  /** What couldn't be done, in words for the owner; usually nothing. */
  readonly warnings: readonly string[];
}

/**
 * Protects this process as far as the system lets it, and gives up the permission to load native
 * code. Never throws.
 */
export function protectProcess(): Protection {
  try {
    return protect();
  } finally {
    Deno.permissions.revokeSync({ name: "ffi" });
  }
}

function protect(): Protection {
  using native = NativeMemory.open();
  if (native === undefined) {
    const why = Deno.build.os === "windows"
      ? "This program can't do so on Windows."
      : "The system's C library was not found where it usually is, or may not be used.";
    const warnings = [`Keys in memory are not kept out of swap and core dumps. ${why} ${ADVICE}`];
    return { native: false, locked: false, noDumps: false, openSwap: null, warnings };
  }
  const pages = native.pages(ARENA_BYTES);
  const warnings: string[] = [];
  const locked = native.lock(pages);
  if (!locked) {
    warnings.push(
      "Keys in memory may be written to swap: the system allows too little locked memory " +
        `(ulimit -l, at least ${ARENA_BYTES / 1_024} KiB). ${ADVICE}`,
    );
  }
  const noDumps = native.exclude(pages) && native.noDumps();
  if (!noDumps) {
    warnings.push(`Core dumps of this program can't be switched off. ${ADVICE}`);
  }
  keepSecretsIn(new SecretArena(pages));
  const swap = Deno.build.os === "linux" ? openSwap((path) => native.readSystemFile(path)) : null;
  const said = swapWarning(swap ?? []);
  if (said !== undefined) warnings.push(said);
  return { native: true, locked, noDumps, openSwap: swap, warnings };
}
