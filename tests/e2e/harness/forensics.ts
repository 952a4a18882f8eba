/**
 * Looks for what must not be there: needles in files, in the rows of the databases, and in the
 * memory of a process as a core dump would have it.
 */
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** Bytes that are looked for. */
export interface Needle {
  /** What it is, for the report: never the bytes. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Where one was found. */
export interface Hit {
  readonly name: string;
  readonly where: string;
  readonly at: number;
}

/** Bytes with the place that they are from. */
export interface Place {
  readonly where: string;
  readonly bytes: Uint8Array;
}

/** Bytes as they are. */
export function raw(name: string, bytes: Uint8Array): Needle[] {
  return [{ name, bytes }];
}

/** Bytes written out: hex, base64 and base64url, the last two as far as they don't depend on what follows. */
export function written(name: string, bytes: Uint8Array): Needle[] {
  const base64 = bytes.toBase64({ omitPadding: true });
  const whole = base64.slice(0, Math.floor(bytes.length / 3) * 4);
  return [
    ...texts(`${name}, hex`, bytes.toHex()),
    ...texts(`${name}, HEX`, bytes.toHex().toUpperCase()),
    ...texts(`${name}, base64`, whole),
    ...texts(`${name}, base64url`, whole.replaceAll("+", "-").replaceAll("/", "_")),
  ];
}

/** A text in UTF-8 and UTF-16. */
export function texts(name: string, text: string): Needle[] {
  return [
    { name: `${name}, UTF-8`, bytes: Buffer.from(text, "utf8") },
    { name: `${name}, UTF-16`, bytes: Buffer.from(text, "utf16le") },
  ];
}

/** Every place of every needle, each of two bytes or more. One pass: memory has hundreds of megabytes. */
export function search(places: readonly Place[], needles: readonly Needle[]): Hit[] {
  const begins = new Uint8Array(65_536);
  const byBegin = new Map<number, Needle[]>();
  for (const needle of needles) {
    const begin = pairAt(needle.bytes, 0);
    begins[begin] = 1;
    byBegin.set(begin, [...byBegin.get(begin) ?? [], needle]);
  }
  const hits: Hit[] = [];
  for (const { where, bytes } of places) {
    const last = bytes.length - 1;
    for (let at = 0; at < last; at++) {
      const begin = pairAt(bytes, at);
      if (begins[begin] !== 1) continue;
      for (const needle of byBegin.get(begin) ?? []) {
        if (standsAt(bytes, at, needle.bytes)) hits.push({ name: needle.name, where, at });
      }
    }
  }
  return hits;
}

function pairAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

function standsAt(bytes: Uint8Array, at: number, needle: Uint8Array): boolean {
  for (let i = 0; i < needle.length; i++) if (bytes[at + i] !== needle[i]) return false;
  return true;
}

/** Every file below a folder, with its name: a name may tell as much as what is in it. */
export async function filesBelow(folder: string): Promise<Place[]> {
  const found: Place[] = [];
  for await (const entry of Deno.readDir(folder)) {
    const path = join(folder, entry.name);
    found.push({ where: `${path} (its name)`, bytes: new TextEncoder().encode(entry.name) });
    if (entry.isDirectory) found.push(...await filesBelow(path));
    if (entry.isFile) found.push({ where: path, bytes: await Deno.readFile(path) });
  }
  return found;
}

/** A row of a database: key and value one after the other, as they stand in the file. */
export interface Row {
  /** First part of the key, such as "m". */
  readonly kind: string;
  readonly bytes: Uint8Array;
  /** Bytes of the value. */
  readonly size: number;
}

/** The rows of a database, read from a copy with what its log holds. `scratch` is an empty folder. */
export async function rowsOf(path: string, scratch: string): Promise<Row[]> {
  const copy = join(scratch, crypto.randomUUID());
  for (const suffix of ["", "-wal"]) {
    await Deno.copyFile(path + suffix, copy + suffix).catch((error: unknown) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
  }
  using database = new DatabaseSync(copy);
  return database.prepare("select k, v from kv").all().map(({ k, v }) => {
    if (!(k instanceof Uint8Array) || !(v instanceof Uint8Array)) throw new Error("Not a KV row");
    // A text part is 0x02, its bytes, 0x00.
    const kind = new TextDecoder().decode(k.subarray(1, k.indexOf(0)));
    return { kind, bytes: Buffer.concat([k, v]), size: v.length };
  });
}

/** The files of a folder with their sizes, sorted by name. */
export async function sizesIn(folder: string): Promise<[string, number][]> {
  const found: [string, number][] = [];
  for await (const { name } of Deno.readDir(folder)) {
    found.push([name, (await Deno.lstat(join(folder, name))).size]);
  }
  return found.sort();
}

/**
 * The memory that a core dump of a process would hold: readable pages that aren't marked as not to
 * be dumped. `undefined` where this user may not read it. Linux only.
 */
export async function dumpable(pid: number): Promise<Place[] | undefined> {
  const smaps = await output("cat", [`/proc/${pid}/smaps`]);
  if (smaps === undefined) return undefined;
  const regions = new TextDecoder().decode(smaps).split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m);
  const places: Place[] = [];
  for (const region of regions) {
    const [, from = "", to = ""] = /^([0-9a-f]+)-([0-9a-f]+) r\S+/.exec(region) ?? [];
    const flags = /^VmFlags:(.*)$/m.exec(region)?.[1]?.trim().split(" ") ?? [];
    const resident = Number(/^Rss:\s*(\d+)/m.exec(region)?.[1]) +
      Number(/^Swap:\s*(\d+)/m.exec(region)?.[1]);
    if (from === "" || resident === 0 || flags.includes("dd") || flags.includes("io")) continue;
    const start = BigInt(`0x${from}`);
    const length = BigInt(`0x${to}`) - start;
    // Only a region of which nothing can be read makes dd give nothing at all.
    const bytes = await output("dd", [
      `if=/proc/${pid}/mem`,
      "bs=1M",
      `skip=${start}`,
      `count=${length}`,
      "iflag=skip_bytes,count_bytes,fullblock",
      "status=none",
    ]);
    const name = region.slice(0, region.indexOf("\n")).trim().replace(/\s+/g, " ");
    if (bytes !== undefined && bytes.length > 0) places.push({ where: name, bytes });
  }
  return places.length === 0 ? undefined : places;
}

async function output(command: string, args: readonly string[]): Promise<Uint8Array | undefined> {
  const { stdout, success } = await new Deno.Command(command, {
    args: [...args],
    stderr: "null",
  }).output();
  return success || stdout.length > 0 ? stdout : undefined;
}
