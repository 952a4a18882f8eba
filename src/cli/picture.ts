/**
 * Reads the QR code in a picture: PNG or JPEG, as phones and screens make them. Whoever sends a picture
 * may mean harm, so its size is settled from its head before anything is unpacked, and what isn't
 * needed for the pixels never reaches a decoder.
 */
import { UserError } from "../node/user_error.ts";
import { begins, concat } from "../picture/bytes.ts";

/** Largest file that is taken, in bytes. */
export const MAX_PICTURE_BYTES = 16_777_216;
/** Largest picture, in pixels: what the cameras of phones make. */
export const MAX_PIXELS = 16_777_216;
/** Scans in a JPEG, each of which goes over all of it again; progressive ones have about ten. */
const MAX_SCANS = 64;
/** Memory for a JPEG's coefficients and pixels, in MiB. */
const MAX_JPEG_MIB = 512;
/** Milliseconds that are given to looking for a code. */
const LOOK_MS = 3_000;
/** Bytes unpacked at a time: they become at most 1,032 times as many. */
const SLICE_BYTES = 4_096;
const PNG_HEAD = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const JPEG_HEAD = [0xff, 0xd8, 0xff];
/** The chunks of a PNG that say what its pixels are; of all others some unpack to any size. */
const CHUNKS: ReadonlySet<string> = new Set(["IHDR", "PLTE", "tRNS", "IDAT", "IEND"]);

/** Pixels, red, green, blue and opacity. */
export interface Pixels {
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** Four bytes a pixel, all opaque. */
  readonly data: Uint8Array;
}

/** Whether bytes begin like a PNG or a JPEG. */
export function isPicture(bytes: Uint8Array): boolean {
  return begins(bytes, PNG_HEAD) || begins(bytes, JPEG_HEAD);
}

/**
 * What the QR code of a picture says. Throws a `UserError`: `refused` for a picture that is too large,
 * `failed` for one that is damaged or without a code that can be read.
 */
export async function readQrPicture(bytes: Uint8Array): Promise<string> {
  const pixels = await readPixels(bytes);
  const { decodeQR } = await import("qr/decode.js");
  try {
    return decodeQR(pixels, { format: "RGBA", effort: 8, timeLimit: LOOK_MS });
  } catch {
    throw new UserError(
      "failed",
      "There is no QR code in this picture that could be read. Take one straight from the front, " +
        "with the code whole, sharp, and its white border around it.",
    );
  }
}

/** The pixels of a picture, on white. Throws as {@linkcode readQrPicture}. */
export async function readPixels(bytes: Uint8Array): Promise<Pixels> {
  if (bytes.length > MAX_PICTURE_BYTES) throw tooLarge();
  try {
    return begins(bytes, PNG_HEAD) ? await readPng(bytes) : await readJpeg(bytes);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError("failed", "The picture can't be read: it is damaged, or no PNG or JPEG.");
  }
}

async function readPng(bytes: Uint8Array): Promise<Pixels> {
  const { head, data, packed } = pngParts(bytes);
  const { width, height, depth, channels } = head;
  if (width * height > MAX_PIXELS) throw tooLarge();
  const rowBytes = Math.ceil(width * channels * depth / 8) + 1;
  // Interlaced ones have up to seven parts, with rows of their own.
  await checkUnpacked(packed, 2 * rowBytes * height + 64);
  const { convertIndexedToRgb, decode } = await import("fast-png");
  const png = decode(data, { checkCrc: true });
  if (png.palette !== undefined) {
    const samples = convertIndexedToRgb(png);
    const perPixel = png.palette[0]?.length ?? 3;
    return onWhite({ width, height, samples, perPixel, scale: 1 });
  }
  if (png.depth < 8) {
    return onWhite({ width, height, samples: unpackBits(png), perPixel: 1, scale: 1 });
  }
  return onWhite({
    ...{ width, height, samples: png.data, perPixel: png.channels },
    scale: png.depth === 16 ? 257 : 1,
  });
}

interface PngHead {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly channels: number;
}

/** What the head says, the file without the chunks that aren't needed, and its packed rows. */
function pngParts(
  bytes: Uint8Array,
): { readonly head: PngHead; readonly data: Uint8Array; readonly packed: Uint8Array<ArrayBuffer> } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const kept: Uint8Array[] = [bytes.subarray(0, PNG_HEAD.length)];
  const rows: Uint8Array[] = [];
  let head: PngHead | undefined;
  for (let at = PNG_HEAD.length; at + 12 <= bytes.length;) {
    const length = view.getUint32(at);
    const end = at + 12 + length;
    if (end > bytes.length) throw new RangeError("A chunk is cut off");
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (head === undefined) {
      if (type !== "IHDR" || length !== 13) throw new RangeError("No head");
      head = pngHead(view, at + 8);
    } else if (type === "IHDR") throw new RangeError("Two heads");
    if (CHUNKS.has(type)) kept.push(bytes.subarray(at, end));
    if (type === "IDAT") rows.push(bytes.subarray(at + 8, end - 4));
    if (type === "IEND") return { head, data: concat(kept), packed: concat(rows) };
    at = end;
  }
  throw new RangeError("No end");
}

function pngHead(view: DataView, at: number): PngHead {
  const channels = new Map([[0, 1], [2, 3], [3, 1], [4, 2], [6, 4]]).get(view.getUint8(at + 9));
  const head = {
    width: view.getUint32(at),
    height: view.getUint32(at + 4),
    depth: view.getUint8(at + 8),
    channels: channels ?? 0,
  };
  const { width, height, depth } = head;
  if (width === 0 || height === 0 || channels === undefined || ![1, 2, 4, 8, 16].includes(depth)) {
    throw new RangeError("Wrong head");
  }
  return head;
}

/** Unpacks for the size alone, and gives up where it is larger than the head's. */
async function checkUnpacked(packed: Uint8Array<ArrayBuffer>, maxBytes: number): Promise<void> {
  const slices = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller): void {
      for (let at = 0; at < packed.length; at += SLICE_BYTES) {
        controller.enqueue(packed.subarray(at, at + SLICE_BYTES));
      }
      controller.close();
    },
  });
  let size = 0;
  for await (const chunk of slices.pipeThrough(new DecompressionStream("deflate"))) {
    size += chunk.length;
    if (size > maxBytes) throw tooLarge();
  }
}

/** Grey values of less than a byte, to bytes. */
function unpackBits(
  png: {
    readonly width: number;
    readonly height: number;
    readonly depth: number;
    readonly data: ArrayLike<number>;
  },
): Uint8Array {
  const { width, height, depth, data } = png;
  const rowBytes = Math.ceil(width * depth / 8);
  const most = 2 ** depth - 1;
  const grey = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const bit = x * depth;
      const byte = data[y * rowBytes + (bit >> 3)] ?? 0;
      grey[y * width + x] = ((byte >> (8 - depth - (bit & 7))) & most) * 255 / most;
    }
  }
  return grey;
}

interface Samples {
  readonly width: number;
  readonly height: number;
  readonly samples: ArrayLike<number>;
  /** 1 grey, 2 grey and opacity, 3 colours, 4 colours and opacity. */
  readonly perPixel: number;
  /** By how much they are larger than a byte. */
  readonly scale: number;
}

/** What is transparent shows white: that is what a code is drawn for. */
function onWhite({ width, height, samples, perPixel, scale }: Samples): Pixels {
  const data = new Uint8Array(4 * width * height);
  const colors = perPixel < 3 ? 1 : 3;
  const opaque = perPixel === colors;
  for (let pixel = 0; pixel < width * height; pixel++) {
    const from = pixel * perPixel;
    const opacity = opaque ? 255 : samples[from + colors]! / scale;
    for (let color = 0; color < 3; color++) {
      const value = samples[from + (colors === 1 ? 0 : color)]! / scale;
      data[4 * pixel + color] = 255 - (255 - value) * opacity / 255;
    }
    data[4 * pixel + 3] = 255;
  }
  return { width, height, data };
}

async function readJpeg(bytes: Uint8Array): Promise<Pixels> {
  let scans = 0;
  for (let at = 0; at + 1 < bytes.length; at++) {
    if (bytes[at] === 0xff && bytes[at + 1] === 0xda && ++scans > MAX_SCANS) throw tooLarge();
  }
  const { default: jpeg } = await import("jpeg-js");
  try {
    return jpeg.decode(bytes, {
      useTArray: true,
      maxResolutionInMP: MAX_PIXELS / 1e6,
      maxMemoryUsageInMB: MAX_JPEG_MIB,
    });
  } catch (error) {
    if (error instanceof Error && /limit exceeded/.test(error.message)) throw tooLarge();
    throw error;
  }
}

function tooLarge(): UserError {
  return new UserError(
    "refused",
    `The picture is too large: at most ${MAX_PICTURE_BYTES} bytes and ${MAX_PIXELS} pixels are read. ` +
      "Cut it to the QR code.",
  );
}
