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

/**
 * Protects this process as far as the system lets it, and gives up the permission to load native
 * code. Answers what it couldn't do, in words for the owner; usually nothing. Never throws.
 */
export function protectProcess(): readonly string[] {
  try {
    return protect();
  } finally {
    Deno.permissions.revokeSync({ name: "ffi" });
  }
}

function protect(): readonly string[] {
  using native = NativeMemory.open();
  if (native === undefined) {
    const why = Deno.build.os === "windows"
      ? "This program can't do so on Windows."
      : "The system's C library was not found where it usually is, or may not be used.";
    return [`Keys in memory are not kept out of swap and core dumps. ${why} ${ADVICE}`];
  }
  const pages = native.pages(ARENA_BYTES);
  const warnings: string[] = [];
  if (!native.lock(pages)) {
    warnings.push(
      "Keys in memory may be written to swap: the system allows too little locked memory " +
        `(ulimit -l, at least ${ARENA_BYTES / 1_024} KiB). ${ADVICE}`,
    );
  }
  if (!native.exclude(pages) || !native.noDumps()) {
    warnings.push(`Core dumps of this program can't be switched off. ${ADVICE}`);
  }
  keepSecretsIn(new SecretArena(pages));
  const swap = Deno.build.os === "linux"
    ? swapWarning(openSwap((path) => native.readSystemFile(path)))
    : undefined;
  return swap === undefined ? warnings : [...warnings, swap];
}
