/** What is taken out of a picture before it is sent, and that the picture stays what it was. */
import assert from "node:assert/strict";
import { decode } from "fast-png";
import fc from "fast-check";
import jpeg from "jpeg-js";
import {
  type AboutKind,
  aboutWords,
  type BarePicture,
  barePicture,
} from "../../src/picture/mod.ts";
import * as s from "./samples.ts";

const SECRET = "Berlin, by Ada";

function bare(bytes: Uint8Array): BarePicture {
  const found = barePicture(bytes);
  assert.ok(found !== undefined && found !== "unreadable");
  return found;
}

function exif(orientation: number, little = true): Uint8Array {
  return s.segment(0xe1, s.join("Exif\0\0", s.tiff(orientation, little)));
}

/** Pictures that tell, and what of. */
const TELLING: Readonly<Record<string, [Uint8Array, readonly AboutKind[]]>> = {
  "a photograph with Exif": [s.photoWith(exif(1)), ["exif"]],
  "a photograph with XMP": [
    s.photoWith(s.segment(0xe1, `http://ns.adobe.com/xap/1.0/\0${SECRET}`)),
    ["xmp"],
  ],
  "a photograph with a caption and a comment": [
    s.photoWith(s.segment(0xed, `Photoshop 3.0\0${SECRET}`), s.segment(0xfe, SECRET)),
    ["words", "words"],
  ],
  "a photograph with a profile of colours": [
    s.photoWith(s.segment(0xe2, `ICC_PROFILE\0\x01\x01${SECRET}`)),
    ["profile"],
  ],
  "a photograph with a film behind it": [s.join(s.photo(), `\0\0\0\x18ftypmp42${SECRET}`), [
    "after",
  ]],
  "a photograph with other segments": [
    s.photoWith(s.segment(0xe2, `MPF\0${SECRET}`), s.segment(0xeb, SECRET)),
    ["other", "other"],
  ],
  "a PNG with words": [
    s.pngWith(
      "IDAT",
      ...["tEXt", "zTXt", "iTXt"].map((type) => s.chunk(type, `Author\0${SECRET}`)),
    ),
    ["words", "words", "words"],
  ],
  "a PNG with Exif, XMP, profile and time": [
    s.pngWith(
      "IDAT",
      s.chunk("iCCP", SECRET),
      s.chunk("eXIf", s.tiff(1)),
      s.chunk("iTXt", `XML:com.adobe.xmp\0\0\0\0\0${SECRET}`),
      s.chunk("tIME", "1234567"),
    ),
    ["profile", "exif", "xmp", "other"],
  ],
  "a PNG with something behind it": [s.join(s.png(), SECRET), ["after"]],
  "a GIF with words, XMP and something behind": [
    s.join(
      ...[
        s.gifHead(),
        s.gifComment(SECRET),
        [0x21, 0xff, 11],
        "XMP DataXMP",
        [SECRET.length],
        SECRET,
      ],
      ...[[0], s.gifPicture(), ";", SECRET],
    ),
    ["words", "xmp", "after"],
  ],
  "a WebP with Exif, XMP and profile": [
    s.riff(
      ...[s.vp8x(0x2c), s.riffChunk("ICCP", SECRET), s.VP8, s.riffChunk("EXIF", s.tiff(1))],
      s.riffChunk("XMP ", SECRET),
    ),
    ["profile", "exif", "xmp"],
  ],
  "a moving WebP with something in a picture": [
    s.riff(
      ...[s.vp8x(2), s.riffChunk("ANIM", "\0\0\0\0\0\0")],
      s.riffChunk("ANMF", s.join(new Uint8Array(16), s.VP8, s.riffChunk("NOTE", SECRET))),
    ),
    ["other"],
  ],
};

for (const [what, [bytes, kinds]] of Object.entries(TELLING)) {
  Deno.test(`${what} tells nothing any more, and is a picture still`, () => {
    const { bytes: left, about } = bare(bytes);
    assert.deepEqual(about.map(({ kind }) => kind), kinds);
    for (const told of [SECRET, "ACME", "GPS"]) assert.equal(s.indexOf(left, told), -1, told);
    const again = bare(left);
    assert.deepEqual([again.bytes, again.about], [left, []]);
  });
}

Deno.test("what has nothing to take out is sent byte for byte", () => {
  const frame = s.join(s.GIF_CONTROL, s.gifPicture());
  const clean = {
    "a PNG": s.png(),
    "a PNG with colours in numbers": s.pngWith(
      "IDAT",
      s.chunk("sRGB", "\0"),
      s.chunk("gAMA", "\0\0\0\x01"),
    ),
    "a PNG that moves": s.pngWith(
      ...[
        "IDAT",
        s.chunk("acTL", "\0\0\0\x01\0\0\0\0"),
        s.chunk("fcTL", new Uint8Array(26)),
      ] as const,
    ),
    "a JPEG": s.photo(),
    "a GIF that moves": s.join(s.gifHead(), s.GIF_LOOP, frame, frame, ";"),
    "a WebP": s.WEBP,
    "a lossless WebP": s.WEBP_LOSSLESS,
    "a WebP with opacity": s.WEBP_ALPHA,
    "a WebP that moves": s.WEBP_MOVING,
  };
  for (const [what, bytes] of Object.entries(clean)) {
    const left = bare(bytes);
    assert.deepEqual([left.bytes, left.about], [bytes, []], what);
    assert.match(what, new RegExp(left.type.slice("image/".length), "i"));
  }
});

Deno.test("a picture in more parts than a function takes arguments is put together all the same", () => {
  const part = s.chunk("IDAT");
  const parts = new Uint8Array(200_000 * part.length);
  for (let at = 0; at < parts.length; at += part.length) parts.set(part, at);
  const whole = s.pngWith("IEND", parts);
  const told = s.pngWith("IEND", parts, s.chunk("tEXt", SECRET));
  const { bytes, about } = bare(told);
  assert.deepEqual(about.map(({ kind }) => kind), ["words"]);
  assert.ok(whole.length === bytes.length && whole.every((byte, i) => bytes[i] === byte));
});

Deno.test("which way up it is stays, in either order of bytes", () => {
  for (const little of [true, false]) {
    for (let orientation = 0; orientation <= 9; orientation++) {
      const turned = orientation >= 2 && orientation <= 8;
      const files = [
        s.photoWith(exif(orientation, little)),
        s.pngWith("IDAT", s.chunk("eXIf", s.tiff(orientation, little))),
        s.riff(s.vp8x(8), s.VP8, s.riffChunk("EXIF", s.tiff(orientation, little))),
      ];
      for (const file of files) {
        const { bytes, about } = bare(file);
        assert.deepEqual(about.map(({ kind }) => kind), ["exif"]);
        const kept = `\x01\x12\0\x03\0\0\0\x01\0${String.fromCharCode(orientation)}\0\0`;
        assert.equal(s.indexOf(bytes, kept) > 0, turned, `${orientation}`);
        assert.equal(s.indexOf(bytes, "GPS"), -1);
        assert.deepEqual(bare(bytes).about, []);
      }
    }
  }
});

Deno.test("pixels are as they were", () => {
  const taken = s.photoWith(
    exif(3),
    s.segment(0xfe, SECRET),
    s.segment(0xe2, `ICC_PROFILE\0${SECRET}`),
  );
  assert.deepEqual(jpeg.decode(bare(taken).bytes).data, jpeg.decode(taken).data);
  const drawn = s.pngWith("IEND", s.chunk("tEXt", `Author\0${SECRET}`));
  assert.deepEqual(decode(bare(drawn).bytes).data, decode(drawn).data);
});

Deno.test("what a JFIF or Adobe segment has besides its numbers goes", () => {
  const whole = s.photo();
  const preview = s.join(whole.subarray(6, 18), [1, 1], SECRET);
  const file = s.join(
    ...[whole.subarray(0, 2), s.segment(0xe0, preview)],
    ...[s.segment(0xee, `Adobe\0\x64\0\0\0\0\x01${SECRET}`), whole.subarray(20)],
  );
  const { bytes, about } = bare(file);
  assert.deepEqual(about, [
    { kind: "other", bytes: SECRET.length },
    { kind: "other", bytes: SECRET.length },
  ]);
  const adobe = s.segment(0xee, "Adobe\0\x64\0\0\0\0\x01");
  assert.deepEqual(bytes, s.join(whole.subarray(0, 20), adobe, whole.subarray(20)));
});

Deno.test("what isn't built like a picture is not mended, and what is none is left alone", () => {
  assert.equal(barePicture(s.photo().subarray(0, -9)), "unreadable");
  assert.equal(barePicture(s.png().with(30, 1)), "unreadable");
  assert.equal(barePicture(s.join(s.gifHead(), "?")), "unreadable");
  assert.equal(barePicture(s.WEBP.with(4, 0xff)), "unreadable");
  for (const text of ["", "Hello", "%PDF-1.7", "\0\0\0\x18ftypheic", "<svg/>"]) {
    assert.equal(barePicture(s.latin(text)), undefined, text);
  }
});

Deno.test("property: hostile Exif yields nothing, or one way up", () => {
  const whole = s.photo();
  const bytes = fc.tuple(fc.constantFrom("II*\0", "MM\0*"), fc.uint8Array({ maxLength: 80 }));
  fc.assert(fc.property(bytes, ([head, rest]) => {
    const body = s.join("Exif\0\0", head, rest);
    const file = s.join(whole.subarray(0, 20), s.segment(0xe1, body), whole.subarray(20));
    assert.ok([0, 36].includes(bare(file).bytes.length - whole.length));
  }));
});

Deno.test("what was taken out is said in words, each once", () => {
  const about = (...kinds: readonly AboutKind[]): string =>
    aboutWords(kinds.map((kind) => ({ kind, bytes: 1 })));
  assert.equal(about("words", "words"), "captions and comments");
  assert.equal(
    about("exif", "xmp", "other"),
    "where, when and with what it was taken (Exif); how it was made and edited (XMP); and what " +
      "programs had left in it",
  );
});
