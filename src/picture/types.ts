/** What the readers of the four formats say of a picture. */

/** The formats that are read: what browsers show without a plugin, and what can't run anything. */
export type PictureType = "image/gif" | "image/jpeg" | "image/png" | "image/webp";

/**
 * What a file holds besides its picture. `exif`: where, when and with what it was taken; `xmp`: the
 * same and how it was edited; `words`: captions, comments, keywords; `profile`: the colours of the
 * screen or camera it is from; `after`: bytes after the picture's end; `other`: previews and what
 * programs keep for themselves.
 */
export type AboutKind = "exif" | "xmp" | "words" | "profile" | "after" | "other";

/** Something that a file holds besides its picture. */
export interface About {
  /** What it is. */
  readonly kind: AboutKind;
  /** Bytes of the file that it took. */
  readonly bytes: number;
}

/** A picture whose file was read from its first byte to its last. */
export interface Walked {
  /** What it is, by its bytes. */
  readonly type: PictureType;
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** How often a decoder goes over all of it. */
  readonly passes: number;
  /** All that draws, moving or not, as a file of its own. The pixels are as they were. */
  readonly bare: Uint8Array;
  /** The same without motion; undefined where the first picture can't be cut out. */
  readonly still: Uint8Array | undefined;
  /** What isn't in `bare`, in the order of the file. */
  readonly about: readonly About[];
}
