/** Says beside the files of a form whether they fit, before they are sent, and offers to make pictures fit. */
import { renderBytes } from "../../text/byte_size.ts";
import { filesWords } from "../files_words.ts";
import { shrink } from "./shrink.ts";

/** Fewest bytes that are worth making a picture for. */
const LEAST_BYTES = 4_096;

/** Watches the files of the form that an element with `data-files-said` is in. */
export function watchFiles(said: HTMLElement): void {
  const form = said.closest("form");
  if (form === null) return;
  const [room, most] = [Number(said.dataset.room), Number(said.dataset.most)];
  const places = [...form.querySelectorAll<HTMLInputElement>('input[type="file"]')].map(placeOf);
  const total = (): number => places.reduce((sum, { field }) => sum + sizeOf(field), 0);
  const look = (): void => {
    const sizes = places.map(({ field }) => field).filter(hasFile).map(sizeOf);
    const { words, tooMuch } = filesWords(sizes, { room, most });
    said.textContent = words;
    for (const { field, button } of places) {
      // What the page would not even take keeps the form here, with all that was written.
      field.setCustomValidity(tooMuch && hasFile(field) ? words : "");
      const isPicture = field.files?.[0]?.type.startsWith("image/") === true;
      if (button !== null) button.hidden = !isPicture || total() <= room;
    }
  };
  for (const { field, button } of places) {
    button?.addEventListener("click", async () => {
      said.textContent = "Making the picture smaller …";
      const others = total() - sizeOf(field);
      const words = await makeFit(field, Math.max(LEAST_BYTES, room - others));
      look();
      said.textContent = `${words} ${said.textContent}`.trim();
      field.focus();
    });
  }
  form.addEventListener("change", look);
}

interface Place {
  readonly field: HTMLInputElement;
  readonly button: HTMLButtonElement | null;
}

function placeOf(field: HTMLInputElement): Place {
  const button = document.querySelector<HTMLButtonElement>(`button[data-fit="${field.id}"]`);
  return { field, button };
}

/** Puts a smaller picture in the field; answers what came of it. */
async function makeFit(field: HTMLInputElement, maxBytes: number): Promise<string> {
  const file = field.files?.[0];
  if (file === undefined) return "";
  const shrunk = await shrink(file, maxBytes);
  if (shrunk.kind === "guarded") {
    return "This browser lets no page read pictures: make it smaller with another program.";
  }
  if (shrunk.kind === "cannot") return "This picture can't be made small enough here.";
  const files = new DataTransfer();
  files.items.add(shrunk.file);
  field.files = files.files;
  const { width, height } = shrunk;
  return `Made smaller: ${width} × ${height}, ${renderBytes(shrunk.file.size)}.`;
}

function hasFile({ files }: HTMLInputElement): boolean {
  return (files?.length ?? 0) > 0;
}

function sizeOf({ files }: HTMLInputElement): number {
  return [...files ?? []].reduce((sum, { size }) => sum + size, 0);
}
