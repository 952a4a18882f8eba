/** What is said of files that were chosen. Runs in the browser, too. */
import { renderBytes } from "../text/byte_size.ts";

/** What is said, and whether they can't even be sent to the page. */
export interface FilesWords {
  /** A sentence or two; "" for no files. */
  readonly words: string;
  /** Whether the page would refuse the form. */
  readonly tooMuch: boolean;
}

/** Bytes of a form besides its files. */
const FORM_BYTES = 16_384;

/** Of files with these sizes, where `room` bytes fit into a message and `most` into a form. */
export function filesWords(
  sizes: readonly number[],
  { room, most }: { readonly room: number; readonly most: number },
): FilesWords {
  if (sizes.length === 0) return { words: "", tooMuch: false };
  const all = sizes.reduce((sum, size) => sum + size, 0);
  const what = sizes.length === 1 ? "This file has" : `These ${sizes.length} files have`;
  const tooMuch = all + FORM_BYTES > most;
  if (all <= room) return { words: `${what} ${renderBytes(all)}: that fits.`, tooMuch };
  return {
    words: `${what} ${renderBytes(all)}, and about ${renderBytes(room)} fit. ` +
      (tooMuch
        ? "Make a picture smaller first."
        : "It fits only if what is taken out of pictures makes up for it."),
    tooMuch,
  };
}
