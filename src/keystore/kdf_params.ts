/**
 * How much work a passphrase costs (docs/PROTOCOL.md section 11): the parameters of Argon2id, their
 * floor and the ceiling that a file may ask for.
 *
 * Always one lane (p = 1). RFC 9106's second choice has four so that a defender with four cores
 * fills the memory in a quarter of the time; ours fills it on one thread whatever p says, so more
 * lanes would only spare an attacker time. Memory and passes are that choice's as a minimum.
 */

/** What Argon2id is run with. Lanes are always 1, the output 32 bytes, the version 1.3. */
export interface KdfParams {
  /** Memory in KiB. */
  readonly memoryKiB: number;
  /** Passes over that memory. */
  readonly passes: number;
}

/** The least and the most that is accepted from a file. */
export interface KdfLimits {
  /** Less than this in either field is refused. */
  readonly floor: KdfParams;
  /** More than this in either field is refused. */
  readonly ceiling: KdfParams;
}

/** RFC 9106 section 4, second choice: 64 MiB, 3 passes. */
export const KDF_FLOOR: KdfParams = { memoryKiB: 65_536, passes: 3 };

/**
 * What this program accepts: 1 GiB and 16 passes at most (3 passes over 1 GiB were measured at 8.5 s
 * on one core), so that a planted file can waste a minute but neither all memory nor a day.
 */
export const KDF_LIMITS: KdfLimits = {
  floor: KDF_FLOOR,
  ceiling: { memoryKiB: 1_048_576, passes: 16 },
};

/** Memory that calibration goes up to: a machine with 1 GB has to be able to open its own file. */
const CALIBRATED_MEMORY_KIB = 262_144;

/** Milliseconds that deriving a key should take on the machine that creates the file. */
export const KDF_TARGET_MS = 1_000;

/** Whether parameters are whole numbers from the floor to the ceiling, both included. */
export function withinLimits(params: KdfParams, limits: KdfLimits): boolean {
  const { floor, ceiling } = limits;
  return Number.isSafeInteger(params.memoryKiB) && Number.isSafeInteger(params.passes) &&
    params.memoryKiB >= floor.memoryKiB && params.memoryKiB <= ceiling.memoryKiB &&
    params.passes >= floor.passes && params.passes <= ceiling.passes;
}

/**
 * Parameters that take about {@linkcode KDF_TARGET_MS} on a machine which needs `floorMs` for the
 * floor: memory is doubled first, up to 256 MiB, then passes are added (RFC 9106 section 4), so that
 * the numbers in the clear stay coarse. Never under the floor, however slow the machine.
 */
export function paramsFor(floorMs: number): KdfParams {
  const perPassMs = Math.max(floorMs, 1) / KDF_FLOOR.passes;
  let memoryKiB = KDF_FLOOR.memoryKiB;
  let doublings = 1;
  while (
    memoryKiB < CALIBRATED_MEMORY_KIB &&
    perPassMs * doublings * 2 * KDF_FLOOR.passes <= KDF_TARGET_MS
  ) {
    memoryKiB *= 2;
    doublings *= 2;
  }
  const passes = Math.round(KDF_TARGET_MS / (perPassMs * doublings));
  return {
    memoryKiB,
    passes: Math.min(Math.max(passes, KDF_FLOOR.passes), KDF_LIMITS.ceiling.passes),
  };
}
