/**
 * A picture of an identity, drawn from its key: nobody sends it, nobody can choose it freely. It helps to
 * notice that somebody isn't who they were a moment ago. It proves nothing: whoever tries many keys finds
 * one that looks alike, so the whole g1… is what is compared.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import type { Html } from "../layout.tsx";

/** Cells on a side; the right half mirrors the left one. */
const SIDE = 7;
const HALF = Math.ceil(SIDE / 2);
/** Hues on the circle, far enough from each other to be told apart. */
const HUES = 12;
/** Pictures kept: a page has the same people again and again. */
const KEPT = 512;

const LABEL = "gossamer identicon 1 ";

/** What is drawn: one colour, and cells as an SVG path over a grid of 7 by 7. */
export interface Drawing {
  /** Degrees on the colour circle. */
  readonly hue: number;
  /** Filled cells as strokes of width 1 through the middles of rows, runs of a row together. */
  readonly path: string;
}

const kept = new Map<string, Drawing>();

/** The drawing of an identity. */
export function drawingOf(id: string): Drawing {
  const known = kept.get(id);
  if (known !== undefined) return known;
  const hash = sha256(new TextEncoder().encode(LABEL + id));
  const bit = (n: number): boolean => ((hash[n >> 3] ?? 0) >> (n & 7) & 1) === 1;
  const filled = (x: number, y: number): boolean => bit(y * HALF + Math.min(x, SIDE - 1 - x));
  let path = "";
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      if (!filled(x, y)) continue;
      const from = x;
      while (x + 1 < SIDE && filled(x + 1, y)) x++;
      path += `M${from} ${y}h${x + 1 - from}`;
    }
  }
  const drawing = { hue: (hash[31] ?? 0) % HUES * (360 / HUES), path };
  if (kept.size >= KEPT) kept.delete(kept.keys().next().value ?? "");
  kept.set(id, drawing);
  return drawing;
}

/** The box around a drawing, one cell of ground on each side. */
export const DRAWING_BOX: string = "-1 -1.5 9 9";

/** As dark on the light ground that every drawing has, whatever the page's colours are. */
export function inkOf(hue: number): string {
  return `hsl(${hue} 65% 32%)`;
}

/**
 * An inline picture of `size` CSS pixels; the style sheet gives it its ground. The name stands beside it,
 * so screen readers skip it.
 */
export function Identicon({ id, size }: { readonly id: string; readonly size: number }): Html {
  const { hue, path } = drawingOf(id);
  return (
    <svg class="identicon" width={size} height={size} viewBox={DRAWING_BOX} aria-hidden="true">
      <path stroke={inkOf(hue)} d={path} />
    </svg>
  );
}
