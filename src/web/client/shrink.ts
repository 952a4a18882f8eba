/** Makes a picture small enough to be sent, in the browser: what a camera makes never fits by itself. */

/** Longest sides that are tried, in pixels, and qualities of JPEG for each. */
const SIDES = [1_600, 1_280, 1_024, 800, 640, 480, 320] as const;
const QUALITIES = [0.8, 0.65, 0.5] as const;
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
  for (const side of SIDES) {
    const scale = Math.min(1, side / Math.max(bitmap.width, bitmap.height));
    const width = Math.max(1, Math.round(bitmap.width * scale));
    const height = Math.max(1, Math.round(bitmap.height * scale));
    const canvas = drawn(bitmap, width, height);
    for (const quality of QUALITIES) {
      const blob = await new Promise<Blob | null>((done) =>
        canvas.toBlob(done, "image/jpeg", quality)
      );
      if (blob === null || blob.size > maxBytes) continue;
      return {
        kind: "done",
        file: new File([blob], "picture.jpg", { type: blob.type }),
        width,
        height,
      };
    }
  }
  return { kind: "cannot" };
}

function drawn(bitmap: ImageBitmap, width: number, height: number): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d");
  if (context === null) return canvas;
  // JPEG has no opacity: what is transparent becomes white, not black.
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, width, height);
  return canvas;
}

/** Browsers that resist being recognized hand out noise: nobody is to post that for a picture. */
function isFaithful(): boolean {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: PROBE, height: PROBE });
  const context = canvas.getContext("2d");
  if (context === null) return false;
  context.fillStyle = "#3264c8";
  context.fillRect(0, 0, PROBE, PROBE);
  const { data } = context.getImageData(0, 0, PROBE, PROBE);
  const color = [0x32, 0x64, 0xc8, 0xff];
  return data.every((value, i) => value === color[i % 4]);
}
