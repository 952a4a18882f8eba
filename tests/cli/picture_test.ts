import assert from "node:assert/strict";
import { deflateSync } from "node:zlib";
import { encode } from "fast-png";
import fc from "fast-check";
import jpeg from "jpeg-js";
import {
  isPicture,
  MAX_PICTURE_BYTES,
  MAX_PIXELS,
  readPixels,
  readQrPicture,
} from "../../src/cli/picture.ts";
import { drawModules, qrModules, qrSvg, qrText } from "../../src/node/qr_code.ts";
import { UserError } from "../../src/node/user_error.ts";
import { parseLocator } from "../../src/wire/locator.ts";

const LOCATOR = "g:?a=203.0.113.7:14677&a=[2001:db8::1]:14677&n=main";

interface Drawn {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** The code with so many pixels a module, one byte of grey each. */
async function drawn(scale = 6): Promise<Drawn> {
  const modules = await qrModules(LOCATOR);
  const width = modules.length * scale;
  const data = new Uint8Array(width * width);
  for (let i = 0; i < data.length; i++) {
    const y = Math.floor(i / width / scale);
    data[i] = modules[y]?.[Math.floor((i % width) / scale)] ? 20 : 240;
  }
  return { width, height: width, data };
}

function rgba({ width, height, data }: Drawn): Drawn {
  const pixels = new Uint8Array(4 * data.length);
  data.forEach((grey, i) => pixels.set([grey, grey, grey, 255], 4 * i));
  return { width, height, data: pixels };
}

function means(text: string): unknown {
  return parseLocator(text);
}

async function refusal(bytes: Uint8Array): Promise<string> {
  const error = await readPixels(bytes).then(() => undefined, (reason: unknown) => reason);
  assert.ok(error instanceof UserError, String(error));
  return error.code;
}

/** A PNG of these chunks; their checksums are zero, which is looked at last. */
function png(...chunks: readonly [string, Uint8Array][]): Uint8Array {
  const parts: number[] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
  for (const [type, data] of chunks) {
    const { length } = data;
    parts.push(length >>> 24, (length >> 16) & 255, (length >> 8) & 255, length & 255);
    for (const byte of new TextEncoder().encode(type)) parts.push(byte);
    for (const byte of data) parts.push(byte);
    parts.push(0, 0, 0, 0);
  }
  return Uint8Array.from(parts);
}

function head(width: number, height: number): [string, Uint8Array] {
  const data = new Uint8Array(13);
  const view = new DataView(data.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  data[8] = 8;
  return ["IHDR", data];
}

Deno.test("a locator comes back from a PNG and from a JPEG of its code", async () => {
  const grey = await drawn();
  const pictures = [
    encode({ ...grey, channels: 1 }),
    encode({ ...rgba(grey), channels: 4 }),
    // Drawn by opacity alone, as some programs do.
    encode({
      ...grey,
      channels: 2,
      data: Uint8Array.from(
        { length: 2 * grey.data.length },
        (_, i) => i % 2 === 0 ? 0 : 255 - grey.data[i >> 1]!,
      ),
    }),
    encode({ ...grey, channels: 1, depth: 16, data: Uint16Array.from(grey.data, (v) => v * 257) }),
    Uint8Array.from(jpeg.encode(rgba(grey), 60).data),
  ];
  for (const picture of pictures) {
    assert.ok(isPicture(picture));
    assert.deepEqual(means(await readQrPicture(picture)), means(LOCATOR));
  }
});

Deno.test("the code says the same locator, in characters that take little room", () => {
  assert.match(qrText(LOCATOR), /^[0-9A-Z $%*+\-./:]+$/);
  assert.deepEqual(means(qrText(LOCATOR)), means(LOCATOR));
});

Deno.test("a code that is drawn on a terminal has all its modules and its border", async () => {
  const modules = await qrModules(LOCATOR);
  for (const ink of ["dark", "light", "colors"] as const) {
    const lines = drawModules(modules, ink).split("\n");
    assert.equal(lines.length, Math.ceil(modules.length / 2));
    const back = lines.flatMap((line) => {
      const plain = Array.from(
        line.replace("\x1b[30;107m", "").replace("\x1b[0m", "").padEnd(modules.length),
      );
      const rows = [plain.map((c) => "█▀".includes(c)), plain.map((c) => "█▄".includes(c))];
      return rows.map((row) => row.map((printed) => printed !== (ink === "light")));
    });
    assert.deepEqual(back.slice(0, modules.length), modules);
  }
  assert.ok(modules.slice(0, 4).flat().every((dark) => !dark));
  const lines = drawModules(modules, "colors").split("\n");
  assert.ok(lines.every((line) => line.startsWith("\x1b[30;107m") && line.endsWith("\x1b[0m")));
});

Deno.test("the SVG has a rectangle for each dark module", async () => {
  const modules = await qrModules(LOCATOR);
  const svg = await qrSvg(LOCATOR);
  const dark = [...svg.matchAll(/M(\d+) (\d+)h1v1h-1z/g)].map(([, x, y]) => `${x},${y}`);
  const expected = modules.flatMap((row, y) => row.flatMap((on, x) => on ? [`${x},${y}`] : []));
  assert.deepEqual(dark, expected);
});

Deno.test("a picture without a code is told so", async () => {
  const white = { width: 64, height: 64, data: new Uint8Array(4_096).fill(255) };
  await assert.rejects(readQrPicture(encode({ ...white, channels: 1 })), /no QR code/);
});

Deno.test("what is too large is refused from its head, before it is unpacked", async () => {
  const side = Math.sqrt(MAX_PIXELS);
  assert.equal(await refusal(png(head(side + 1, side), ["IEND", new Uint8Array()])), "refused");
  assert.equal(
    await refusal(png(head(0xffffffff, 0xffffffff), ["IEND", new Uint8Array()])),
    "refused",
  );
  assert.equal(await refusal(new Uint8Array(MAX_PICTURE_BYTES + 1)), "refused");
  // Two small pixels, and 64 MiB in their data.
  const bomb = new Uint8Array(deflateSync(new Uint8Array(67_108_864)));
  assert.equal(
    await refusal(png(head(2, 1), ["IDAT", bomb], ["IEND", new Uint8Array()])),
    "refused",
  );
  const large = Uint8Array.from(jpeg.encode(rgba(await drawn(2)), 50).data);
  const sof = large.findIndex((byte, i) => byte === 0xff && large[i + 1] === 0xc0);
  large.fill(0xff, sof + 5, sof + 9);
  assert.equal(await refusal(large), "refused");
  const scans = Uint8Array.from([0xff, 0xd8, ...Array(65).fill([0xff, 0xda]).flat()]);
  assert.equal(await refusal(scans), "refused");
});

Deno.test("chunks that aren't pixels never reach the decoder", async () => {
  const picture = encode({ ...await drawn(), channels: 1 });
  // A colour profile that would unpack to 64 MiB, with a wrong checksum on top.
  const profile = [0x61, 0, 0, ...deflateSync(new Uint8Array(67_108_864))];
  const chunk = png(["iCCP", Uint8Array.from(profile)]).subarray(8);
  const with_ = Uint8Array.from([...picture.subarray(0, 33), ...chunk, ...picture.subarray(33)]);
  assert.deepEqual(means(await readQrPicture(with_)), means(LOCATOR));
});

Deno.test("hostile pictures end in a failure or in pixels, and in nothing else", async () => {
  const small = rgba(await drawn(1));
  const originals = [
    encode({ ...small, channels: 4 }),
    Uint8Array.from(jpeg.encode(small, 50).data),
  ];
  const change = fc.record({ at: fc.nat(), value: fc.integer({ min: 0, max: 255 }) });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...originals),
      fc.array(change, { minLength: 1, maxLength: 8 }),
      fc.nat(),
      async (original, changes, cut) => {
        const bytes = original.slice(0, 8 + cut % (2 * original.length));
        // The first bytes say what it is.
        for (const { at, value } of changes) bytes[3 + at % (bytes.length - 3)] = value;
        try {
          const { width, height, data } = await readPixels(bytes);
          assert.equal(data.length, 4 * width * height);
        } catch (error) {
          assert.ok(error instanceof UserError, String(error));
        }
      },
    ),
    { numRuns: 300 },
  );
});
