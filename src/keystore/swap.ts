/**
 * Which swap areas of a Linux machine may bring memory to a disk in the clear. Read at the start,
 * as long as native calls can reach `/proc` and `/sys`.
 */

/** Reads a small text file of the system; `undefined` when there is none. */
export type ReadSystemFile = (path: string) => string | undefined;

/** Device-mapper devices that are looked at; numbers are given from 0 up. */
const MAX_DM = 64;
/** How far a device's layers are followed: LVM on LUKS is 2. */
const MAX_LAYERS = 4;
/** A line of `/proc/swaps`: file name, type, sizes. Spaces in names are written as `\040`. */
const LINE = /^(\/\S*)\s+(partition|file)\s/;

/** The swap areas that aren't known to be encrypted or in memory: their names, as the system gives them. */
export function openSwap(read: ReadSystemFile): readonly string[] {
  const lines = (read("/proc/swaps") ?? "").split("\n");
  const areas = lines.map((line) => LINE.exec(line)).filter((match) => match !== null);
  return areas.filter(([, name = "", type]) => type === "file" || !isClosed(name, read))
    .map(([, name = ""]) => name);
}

/** The owner's warning about them; `undefined` when there is nothing to say. */
export function swapWarning(names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  return `Swap is on and not known to be encrypted (${
    names.join(", ")
  }). Keys are locked in memory ` +
    "where the system allows it, but other private data, and copies of keys that the runtime makes, " +
    "may be written there and stay. Encrypt the swap, use zram, or switch it off.";
}

function isClosed(device: string, read: ReadSystemFile): boolean {
  const name = device.replace(/^.*\//, "");
  if (/^zram\d+$/.test(name)) {
    // Compressed memory, unless idle pages are moved on to a disk.
    return (read(`/sys/block/${name}/backing_dev`) ?? "none").trim() === "none";
  }
  const number = /^dm-(\d+)$/.exec(name)?.[1];
  return number !== undefined && isEncrypted(Number(number), { read, layers: MAX_LAYERS });
}

/** Whether a device-mapper device, or the one that it lies on, is dm-crypt's. */
function isEncrypted(
  dm: number,
  { read, layers }: { readonly read: ReadSystemFile; readonly layers: number },
): boolean {
  if (layers === 0) return false;
  const device = `/sys/block/dm-${dm}`;
  if (read(`${device}/dm/uuid`)?.startsWith("CRYPT-")) return true;
  const below = Array.from({ length: MAX_DM }, (_, n) => n)
    .filter((n) => n !== dm && read(`${device}/slaves/dm-${n}/dev`) !== undefined);
  return below.length > 0 && below.every((n) => isEncrypted(n, { read, layers: layers - 1 }));
}
