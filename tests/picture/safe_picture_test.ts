/** Which bytes are shown as a picture, and what is sent of them. */
import assert from "node:assert/strict";
import { decode } from "fast-png";
import fc from "fast-check";
import jpeg from "jpeg-js";
import { MAX_PIXELS, MAX_SIDE, safePicture } from "../../src/picture/mod.ts";
import * as s from "./samples.ts";

const SCRIPT = "<script>alert(document.domain)</script>";
const CAT = "cat.example";

/** All samples that may be shown, with what they are. */
const SOUND: Readonly<
  Record<string, [bytes: Uint8Array, type: string, width: number, height: number]>
> = {
  "a PNG": [s.png(), "image/png", 5, 3],
  "a JPEG": [s.photo(), "image/jpeg", 16, 8],
  "a GIF": [s.join(s.gifHead(), s.gifPicture(), ";"), "image/gif", 4, 4],
  "a GIF of 1987": [
    s.join("GIF87a", s.gifHead().subarray(6), s.gifPicture(), ";"),
    "image/gif",
    4,
    4,
  ],
  "a WebP": [s.WEBP, "image/webp", 1, 1],
  "a lossless WebP": [s.WEBP_LOSSLESS, "image/webp", 1, 1],
  "a WebP with opacity": [s.WEBP_ALPHA, "image/webp", 1, 1],
};

for (const [what, [bytes, type, width, height]] of Object.entries(SOUND)) {
  Deno.test(`${what} is shown as it is, whatever it is called`, () => {
    assert.deepEqual(safePicture(bytes), { type, width, height, bytes: s.join(bytes) });
  });

  Deno.test(`${what} with anything behind it isn't shown`, () => {
    for (const after of ["\0", "\n", SCRIPT, "PK\x03\x04", "*/alert(1)//"]) {
      assert.equal(safePicture(s.join(bytes, after)), undefined, after);
    }
  });

  Deno.test(`${what} that is cut off anywhere isn't shown`, () => {
    for (let end = 0; end < bytes.length; end++) {
      assert.equal(safePicture(bytes.slice(0, end)), undefined, `after ${end} bytes`);
    }
  });

  Deno.test(`property: ${what} with bytes changed throws nothing; what is shown of it is sound`, () => {
    const change = fc.tuple(fc.nat(bytes.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const changed = bytes.slice();
        for (const [at, value] of changes) changed[at] = value;
        const shown = safePicture(changed);
        if (shown === undefined) return;
        assert.deepEqual(safePicture(shown.bytes), shown);
        assert.ok(shown.width * shown.height <= MAX_PIXELS);
      }),
      { numRuns: 400 },
    );
  });
}

Deno.test("property: what isn't a picture is never shown", () => {
  const heads = Object.values(SOUND).map(([bytes]) => bytes.subarray(0, 16));
  const hostile = fc.tuple(
    fc.constantFrom(...heads, s.latin("<svg"), s.latin("<html")),
    fc.uint8Array(),
  );
  fc.assert(fc.property(hostile, ([head, rest]) => {
    assert.equal(safePicture(s.join(head, rest)), undefined);
  }));
});

Deno.test("what can run is never shown, whatever it is called", () => {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg">${SCRIPT}</svg>`;
  const hostile = {
    "an SVG with script": svg,
    "an SVG after a declaration": `<?xml version="1.0"?>\n${svg}`,
    "an SVG after a byte order mark": `\xef\xbb\xbf${svg}`,
    "a compressed SVG": "\x1f\x8b\x08\0\0\0\0\0",
    "HTML": `<!doctype html>${SCRIPT}`,
    "HTML that begins like a PNG": `\x89PNG\r\n\x1a\n${SCRIPT}`,
    "script that begins like a GIF": "GIF89a/*\0\0\0*/=1;alert(1);",
    "script in the size of a GIF": "GIF89a=1;alert(1)//;",
    "script in the size of a WebP": "RIFF=1//WEBPVP8 ",
    "PDF": "%PDF-1.7 ",
    "a BMP": "BM\x3a\0\0\0\0\0\0\0",
    "an icon": "\0\0\x01\0\x01\0",
    "an AVIF": "\0\0\0\x1cftypavif\0\0\0\0",
    "a JPEG XL": "\xff\x0a",
    "a TIFF": "II*\0\x08\0\0\0",
    "nothing": "",
  };
  for (const [what, text] of Object.entries(hostile)) {
    assert.equal(safePicture(s.latin(text)), undefined, what);
  }
});

Deno.test("HTML and script in what doesn't draw is not in what is shown", () => {
  const polyglots = {
    "a JPEG with HTML as comment": s.photoWith(s.segment(0xfe, SCRIPT)),
    "a JPEG with HTML where its preview would be": s.photoWith(
      s.segment(0xe0, `JFXX\0\x10${SCRIPT}`),
    ),
    "a JPEG with HTML as Exif": s.photoWith(s.segment(0xe1, `Exif\0\0${SCRIPT}`)),
    "a JPEG with HTML in any other segment": s.photoWith(
      ...Array.from({ length: 15 }, (_, i) => s.segment(0xe1 + i, SCRIPT)),
    ),
    "a PNG with HTML as text": s.pngWith("IDAT", s.chunk("tEXt", `Comment\0${SCRIPT}`)),
    "a PNG with HTML in its own chunks": s.pngWith("IEND", s.chunk("htMl", SCRIPT)),
    "a PNG with HTML in chunks of the wrong size": s.pngWith(
      "IDAT",
      ...[s.chunk("gAMA", SCRIPT), s.chunk("sRGB", SCRIPT), s.chunk("cICP", SCRIPT)],
    ),
    "a GIF with script as comment": s.join(
      ...[
        "GIF89a/*",
        s.gifHead().subarray(8),
        s.gifPicture(),
        s.gifComment(`*/=1;${SCRIPT}//`),
        ";",
      ],
    ),
    "a GIF with script of an application": s.join(
      ...[s.gifHead(), [0x21, 0xff, 11], "XMP DataXMP", [SCRIPT.length], SCRIPT, [0]],
      ...[s.gifPicture(), ";"],
    ),
    "a GIF with script as words": s.join(
      ...[s.gifHead(), [0x21, 1, 12], new Uint8Array(12), [SCRIPT.length], SCRIPT, [0]],
      ...[s.gifPicture(), ";"],
    ),
    "a WebP with HTML as XMP": s.riff(s.vp8x(4), s.VP8, s.riffChunk("XMP ", SCRIPT)),
    "a WebP with HTML in chunks of its own": s.riff(s.vp8x(0), s.riffChunk("HTML", SCRIPT), s.VP8),
    "a simple WebP with HTML behind its picture": s.riff(s.VP8, s.riffChunk("html", SCRIPT)),
  };
  for (const [what, bytes] of Object.entries(polyglots)) {
    assert.ok(s.indexOf(bytes, SCRIPT) > 0, what);
    const shown = safePicture(bytes);
    assert.ok(shown !== undefined, `${what} is a picture all the same`);
    assert.equal(s.indexOf(shown.bytes, "script"), -1, what);
    assert.deepEqual(safePicture(shown.bytes), shown, what);
  }
});

Deno.test("a PNG whose structure lies isn't shown", () => {
  const good = s.png();
  const at = (text: string): number => s.indexOf(good, text);
  const header = (width: number, height: number, rest = "\x08\x06\0\0\0"): Uint8Array => {
    const size = new Uint8Array(8);
    new DataView(size.buffer).setUint32(0, width);
    new DataView(size.buffer).setUint32(4, height);
    return s.join(good.subarray(0, 8), s.chunk("IHDR", s.join(size, rest)), good.subarray(33));
  };
  assert.equal(safePicture(header(5, 3))?.width, 5);
  const bad = {
    "a wrong CRC": good.with(-13, good.at(-13)! ^ 1),
    "a length beyond the end": good.with(at("IDAT") - 4, 0x7f),
    "a length that ends early": good.with(at("IDAT") - 1, 1),
    "no header": s.join(good.subarray(0, 8), good.subarray(33)),
    "two headers": s.join(good.subarray(0, 33), good.subarray(8)),
    "no rows": s.join(good.subarray(0, 33), s.chunk("IEND")),
    "rows in two places": s.pngWith("IEND", s.chunk("tEXt", "a\0b"), s.chunk("IDAT", "x")),
    "a critical chunk that nobody knows": s.pngWith("IDAT", s.chunk("EVIL", "x")),
    "a reserved name": s.pngWith("IDAT", s.chunk("abcd", "x")),
    "an end that holds something": s.join(good.subarray(0, -12), s.chunk("IEND", "x")),
    "a palette beside grey": s.join(
      ...[header(5, 3, "\x08\0\0\0\0").subarray(0, 33), s.chunk("PLTE", "abc"), good.subarray(33)],
    ),
    "no palette where there must be one": header(5, 3, "\x08\x03\0\0\0"),
    "a depth that isn't": header(5, 3, "\x07\x06\0\0\0"),
    "a colour type that isn't": header(5, 3, "\x08\x05\0\0\0"),
    "a packing that isn't": header(5, 3, "\x08\x06\x01\0\0"),
    "no columns": header(0, 3),
    "no rows in its size": header(5, 0),
  };
  for (const [what, bytes] of Object.entries(bad)) {
    assert.equal(safePicture(bytes), undefined, what);
  }
});

/** A JPEG that says to be of this size. */
function sized(width: number, height: number): Uint8Array<ArrayBuffer> {
  const bytes = s.photo();
  const frame = s.indexOf(bytes, "\xff\xc0");
  new DataView(bytes.buffer).setUint16(frame + 5, height);
  new DataView(bytes.buffer).setUint16(frame + 7, width);
  return bytes;
}

Deno.test("a picture is shown up to 16,384 a side and 16,777,216 pixels, not over", () => {
  assert.equal(MAX_SIDE, 16_384);
  assert.equal(MAX_PIXELS, 16_777_216);
  assert.equal(safePicture(sized(16_384, 1_024))?.width, 16_384);
  assert.equal(safePicture(sized(1_024, 16_384))?.height, 16_384);
  assert.equal(safePicture(sized(4_096, 4_096))?.width, 4_096);
  assert.equal(safePicture(sized(16_385, 1)), undefined);
  assert.equal(safePicture(sized(1, 16_385)), undefined);
  assert.equal(safePicture(sized(4_097, 4_096)), undefined);
  assert.equal(safePicture(sized(65_535, 65_535)), undefined);
});

Deno.test("a JPEG whose scans go over a large picture again and again isn't shown", () => {
  const scans = (count: number): Uint8Array => {
    const bytes = sized(4_096, 4_096);
    const scan = bytes.subarray(s.indexOf(bytes, "\xff\xda"), -2);
    const more = Array.from({ length: count - 1 }, () => scan);
    return s.join(bytes.subarray(0, -2), ...more, [0xff, 0xd9]);
  };
  assert.ok(safePicture(scans(16)) !== undefined);
  assert.equal(safePicture(scans(17)), undefined);
});

Deno.test("a JPEG whose structure lies isn't shown", () => {
  const good = s.photo();
  const frame = s.indexOf(good, "\xff\xc0");
  const scan = s.indexOf(good, "\xff\xda");
  const bad = {
    "no end": good.subarray(0, -2),
    "a segment beyond the end": good.with(frame + 2, 0xff),
    "a segment shorter than its length": good.with(frame + 3, 1),
    "a kind that browsers don't show": good.with(frame + 1, 0xc9),
    "rows whose number comes later": good.with(frame + 6, 0),
    "12 bits": good.with(frame + 4, 12),
    "two components": good.with(frame + 9, 2),
    "two frames": s.join(good.subarray(0, frame), good.subarray(frame, scan), good.subarray(frame)),
    "no rows": s.join(good.subarray(0, scan), [0xff, 0xd9]),
    "a scan of more components than there are": good.with(scan + 4, 4),
    "another start within": s.join(good.subarray(0, 20), good),
    "arithmetic coding": s.photoWith(s.segment(0xcc, "\0\0")),
  };
  for (const [what, bytes] of Object.entries(bad)) {
    assert.equal(safePicture(bytes), undefined, what);
  }
});

Deno.test("a GIF whose structure lies isn't shown", () => {
  const bad = {
    "no picture": s.join(s.gifHead(), ";"),
    "no size": s.join(s.gifHead(0, 4), s.gifPicture(), ";"),
    "a picture beyond its rim": s.join(s.gifHead(), s.gifPicture(5, 4), ";"),
    "a picture without size": s.join(s.gifHead(), s.gifPicture(0, 4), ";"),
    "an unknown block": s.join(s.gifHead(), "x", s.gifPicture(), ";"),
    "a code size that isn't": s.join(s.gifHead(), s.gifPicture().with(10, 9), ";"),
    "another version": s.join("GIF90a", s.gifHead().subarray(6), s.gifPicture(), ";"),
  };
  for (const [what, bytes] of Object.entries(bad)) {
    assert.equal(safePicture(bytes), undefined, what);
  }
});

Deno.test("a WebP whose structure lies isn't shown", () => {
  const bad = {
    "a length beyond the end": s.WEBP.with(4, 0x24),
    "a length that ends early": s.WEBP.with(4, 0x20),
    "a chunk beyond its end": s.WEBP.with(16, 0x18),
    "no key frame": s.WEBP.with(20, 0x31),
    "no start code": s.WEBP.with(23, 0),
    "a lossless one of another version": s.WEBP_LOSSLESS.with(24, 0x30),
    "no picture": s.riff(s.vp8x(0)),
    "two pictures": s.riff(s.vp8x(0), s.VP8, s.VP8),
    "a picture of another size": s.riff(s.vp8x(0), s.VP8.with(14, 2)),
    "a picture that is called moving": s.riff(s.vp8x(2), s.VP8),
    "opacity behind its picture": s.riff(s.vp8x(16), s.VP8, s.riffChunk("ALPH", "\0\0")),
    "padding that says something": s.riff(s.vp8x(0), s.riffChunk("ABCD", "x").with(9, 1), s.VP8),
  };
  for (const [what, bytes] of Object.entries(bad)) {
    assert.equal(safePicture(bytes), undefined, what);
  }
  assert.ok(safePicture(s.riff(s.vp8x(0), s.riffChunk("ABCD", "x"), s.VP8)) !== undefined);
});

Deno.test("of what moves only the first picture is shown, however often it says to move", () => {
  const frame = s.join(s.GIF_CONTROL, s.gifPicture());
  const gif = s.join(s.gifHead(), s.GIF_LOOP, frame, frame, frame, ";");
  assert.deepEqual(safePicture(gif)?.bytes, s.join(s.gifHead(), frame, ";"));
  const many = new Uint8Array(8).fill(0xff);
  const control = s.chunk("fcTL", new Uint8Array(26));
  const apng = s.pngWith("IDAT", s.chunk("acTL", many), control);
  const frames = Array.from({ length: 500 }, () => s.join(control, s.chunk("fdAT", "\0\0\0\x01x")));
  const moving = s.join(apng.subarray(0, -12), ...frames, apng.subarray(-12));
  assert.deepEqual(safePicture(moving)?.bytes, s.png());
  // The first picture isn't cut out of it.
  assert.equal(safePicture(s.WEBP_MOVING), undefined);
});

Deno.test("a file of thousands of parts is read once over", () => {
  const many = Array.from({ length: 17_000 }, () => "\x21\xfe\0").join("");
  const gif = s.join(s.gifHead(), many, s.gifPicture(), ";");
  assert.deepEqual(safePicture(gif)?.bytes, s.join(s.gifHead(), s.gifPicture(), ";"));
  const empty = Array.from({ length: 4_000 }, () => s.chunk("abCd"));
  assert.deepEqual(safePicture(s.pngWith("IDAT", ...empty))?.bytes, s.png());
  const segments = Array.from({ length: 12_000 }, () => s.segment(0xfe, ""));
  assert.deepEqual(safePicture(s.photoWith(...segments))?.bytes, s.photo());
  const chunks = Array.from({ length: 6_000 }, () => s.riffChunk("ABCD", ""));
  assert.deepEqual(safePicture(s.riff(...chunks, s.VP8)), undefined);
  assert.deepEqual(safePicture(s.riff(s.vp8x(0), ...chunks, s.VP8))?.width, 1);
});

Deno.test("what is shown of a photograph stands upright and has the same pixels", () => {
  const taken = s.photoWith(
    ...[s.segment(0xe1, s.join("Exif\0\0", s.tiff(6))), s.segment(0xfe, CAT)],
  );
  const shown = safePicture(taken)?.bytes ?? new Uint8Array();
  assert.equal(s.indexOf(shown, "GPS"), -1);
  assert.equal(s.indexOf(shown, "ACME"), -1);
  const turned = "Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0";
  assert.ok(s.indexOf(shown, turned) > 0);
  assert.deepEqual(jpeg.decode(shown).data, jpeg.decode(taken).data);
  const drawn = s.pngWith("IDAT", s.chunk("tEXt", `Author\0${CAT}`));
  assert.deepEqual(new Uint8Array(decode(safePicture(drawn)!.bytes).data), s.pixels(5, 3));
});
