/** Makes a picture small enough to be sent, in the browser: what a camera makes never fits by itself. */

/** Longest sides that are tried, in pixels, beside the picture's own; for each these qualities of JPEG. */
const SIDES = [1_600, 1_280, 1_024, 800, 640, 480, 320, 160] as const;
const QUALITIES = [0.5, 0.65, 0.8] as const;
/** Pixels a side of what is drawn to see whether a canvas gives back what was drawn. */
const PROBE = 8;

/** What came of it. */
export type Shrunk =
  | { readonly kind: "done"; readonly file: File; readonly width: number; readonly height: number }
  /** The browser doesn't know this kind of picture, or it doesn't fit at any size worth it. */
  | { readonly kind: "cannot" }
  /** The browser gives pages something else than was drawn, so that they can't recognize it. */
  | { readonly kind: "guarded" };

/** A JPEG of at most so many bytes that shows the same, upright. It holds nothing but pixels. */
export async function shrink(file: File, maxBytes: number): Promise<Shrunk> {
  if (!isFaithful()) return { kind: "guarded" };
  const bitmap = await createImageBitmap(file).catch(() => undefined);
  if (bitmap === undefined) return { kind: "cannot" };
  try {
    return await smallEnough(bitmap, maxBytes);
  } finally {
    bitmap.close();
  }
}

async function smallEnough(bitmap: ImageBitmap, maxBytes: number): Promise<Shrunk> {
  const longest = Math.max(bitmap.width, bitmap.height);
  const own = longest <= SIDES[0] ? [longest] : [];
  for (const side of [...own, ...SIDES.filter((side) => side < longest)]) {
    const canvas = drawn(bitmap, side / longest);
    const blob = await best(canvas, maxBytes);
    if (blob === undefined) continue;
    const { width, height } = canvas;
    return {
      kind: "done",
      file: new File([blob], "picture.jpg", { type: blob.type }),
      width,
      height,
    };
  }
  return { kind: "cannot" };
}

/** The best quality that fits; undefined where none does. */
async function best(canvas: OffscreenCanvas, maxBytes: number): Promise<Blob | undefined> {
  let found: Blob | undefined;
  // Where the poorest doesn't fit, no other does.
  for (const quality of QUALITIES) {
    const blob = await canvas.convertToBlob({ type: "image/jpeg", quality });
    if (blob.size > maxBytes) return found;
    found = blob;
  }
  return found;
}

function drawn(bitmap: ImageBitmap, scale: number): OffscreenCanvas {
  const [width, height] = [bitmap.width, bitmap.height].map((side) =>
    Math.max(1, Math.round(side * scale))
  );
  const canvas = new OffscreenCanvas(width!, height!);
  const context = canvas.getContext("2d");
  if (context === null) return canvas;
  // JPEG has no opacity: what is transparent becomes white, not black.
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/** Browsers that resist being recognized hand out noise: nobody is to post that for a picture. */
function isFaithful(): boolean {
  const context = new OffscreenCanvas(PROBE, PROBE).getContext("2d");
  if (context === null) return false;
  context.fillStyle = "#3264c8";
  context.fillRect(0, 0, PROBE, PROBE);
  const { data } = context.getImageData(0, 0, PROBE, PROBE);
  const color = [0x32, 0x64, 0xc8, 0xff];
  return data.every((value, i) => value === color[i % 4]);
}
