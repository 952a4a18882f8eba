/**
 * GIF (87a, 89a), block by block; nothing is unpacked.
 *
 *     6            "GIF87a" or "GIF89a"
 *     7            2 columns, 2 rows, flags, background, aspect; then 3 × 2^n bytes of colours if flagged
 *     blocks       21, label, sub-blocks: extensions; 2C, 9 bytes, colours, code size, sub-blocks: pictures
 *     3B           end. Sub-blocks are 1 length, data, … and a length of 0
 */
import { concat, saysAt, viewOf } from "./bytes.ts";
import type { About, AboutKind, Walked } from "./types.ts";

const HEAD_BYTES = 13;
const [EXTENSION, PICTURE, END] = [0x21, 0x2c, 0x3b];
const [CONTROL, COMMENT, PLAIN_TEXT, APPLICATION] = [0xf9, 0xfe, 0x01, 0xff];
/** Bytes of an extension that says how a picture stands, and of one that says how often to repeat. */
const [CONTROL_BYTES, LOOP_BYTES] = [8, 19];

interface Block {
  readonly kind: "picture" | "control" | "loop" | AboutKind;
  readonly whole: Uint8Array;
}

/** Whether bytes begin like one. */
export function isGif(bytes: Uint8Array): boolean {
  return saysAt(bytes, 0, "GIF87a") || saysAt(bytes, 0, "GIF89a");
}

/** Reads one; undefined when it isn't built as it should be. */
export function walkGif(bytes: Uint8Array): Walked | undefined {
  if (!isGif(bytes) || bytes.length < HEAD_BYTES) return undefined;
  const view = viewOf(bytes);
  const size = { width: view.getUint16(6, true), height: view.getUint16(8, true) };
  const start = HEAD_BYTES + colorBytes(bytes[10]!);
  const blocks = readBlocks(bytes, { start, ...size });
  if (blocks === undefined || size.width === 0 || size.height === 0) return undefined;
  const pictures = blocks.filter(({ kind }) => kind === "picture").length;
  if (pictures === 0) return undefined;
  const kept = keptBlocks(blocks);
  const keeps = new Set(kept);
  const about: About[] = blocks.filter((block) => !keeps.has(block))
    .map(({ kind, whole }) => ({ kind: isAbout(kind) ? kind : "other", bytes: whole.length }));
  const end = start + blocks.reduce((sum, { whole }) => sum + whole.length, 0) + 1;
  if (end < bytes.length) about.push({ kind: "after", bytes: bytes.length - end });
  const file = (parts: readonly Block[]): Uint8Array =>
    concat([bytes.subarray(0, start), ...parts.map(({ whole }) => whole), Uint8Array.of(END)]);
  const drawn = kept.filter(({ kind }) => kind !== "loop");
  const still = drawn.slice(0, drawn.findIndex(({ kind }) => kind === "picture") + 1);
  return {
    ...{ type: "image/gif", ...size, passes: 1, about },
    bare: file(kept),
    still: file(still),
  };
}

/** All blocks up to the end; undefined for what is damaged, or a picture that reaches beyond the rim. */
function readBlocks(
  bytes: Uint8Array,
  { start, width, height }: { start: number; width: number; height: number },
): readonly Block[] | undefined {
  const view = viewOf(bytes);
  const blocks: Block[] = [];
  for (let at = start; at < bytes.length;) {
    if (bytes[at] === END) return blocks;
    let from = at + 2;
    if (bytes[at] === PICTURE) {
      if (at + 10 > bytes.length) return undefined;
      const [left, top, wide, high] = [1, 3, 5, 7].map((i) => view.getUint16(at + i, true));
      if (wide === 0 || high === 0 || left! + wide! > width || top! + high! > height) {
        return undefined;
      }
      from = at + 10 + colorBytes(bytes[at + 9]!);
      const codeSize = bytes[from] ?? 0;
      if (codeSize < 2 || codeSize > 8) return undefined;
      from++;
    } else if (bytes[at] !== EXTENSION) return undefined;
    const end = endOfSubBlocks(bytes, from);
    if (end === undefined) return undefined;
    const whole = bytes.subarray(at, end);
    blocks.push({ kind: kindOf(whole), whole });
    at = end;
  }
  return undefined;
}

/** The byte after sub-blocks; undefined when they are cut off. */
function endOfSubBlocks(bytes: Uint8Array, from: number): number | undefined {
  let at = from;
  while (at < bytes.length) {
    const length = bytes[at]!;
    at += 1 + length;
    if (length === 0) return at;
  }
  return undefined;
}

/** Of a table of colours, as flags say. */
function colorBytes(flags: number): number {
  return (flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1);
}

function kindOf(whole: Uint8Array): Block["kind"] {
  if (whole[0] === PICTURE) return "picture";
  const label = whole[1];
  if (label === CONTROL) return whole.length === CONTROL_BYTES ? "control" : "other";
  if (label === COMMENT || label === PLAIN_TEXT) return "words";
  if (label !== APPLICATION) return "other";
  const loops = saysAt(whole, 3, "NETSCAPE2.0") || saysAt(whole, 3, "ANIMEXTS1.0");
  if (loops && whole.length === LOOP_BYTES && whole[14] === 3 && whole[15] === 1) return "loop";
  if (saysAt(whole, 3, "XMP DataXMP")) return "xmp";
  return saysAt(whole, 3, "ICCRGBG1012") ? "profile" : "other";
}

/** Pictures, each with the last control before it, and how often they are repeated. */
function keptBlocks(blocks: readonly Block[]): readonly Block[] {
  const kept: Block[] = [];
  let control: Block | undefined;
  let loops = false;
  for (const block of blocks) {
    if (block.kind === "control") control = block;
    if (block.kind === "loop" && !loops) {
      kept.push(block);
      loops = true;
    }
    // A control is about whatever is drawn next, and a text is drawn by nobody.
    if (block.whole[1] === PLAIN_TEXT && block.kind === "words") control = undefined;
    if (block.kind !== "picture") continue;
    kept.push(...(control === undefined ? [] : [control]), block);
    control = undefined;
  }
  return kept;
}

function isAbout(kind: Block["kind"]): kind is AboutKind {
  return kind !== "picture" && kind !== "control" && kind !== "loop";
}
