/** Says beside the files of a form whether they fit, before they are sent. */
import { filesWords } from "../files_words.ts";

/** Watches the files of the form that an element with `data-files-said` is in. */
export function watchFiles(said: HTMLElement): void {
  const form = said.closest("form");
  if (form === null) return;
  const [room, most] = [Number(said.dataset.room), Number(said.dataset.most)];
  const fields = [...form.querySelectorAll<HTMLInputElement>('input[type="file"]')];
  const look = (): void => {
    const sizes = fields.flatMap(({ files }) => [...files ?? []].map(({ size }) => size));
    const { words, tooMuch } = filesWords(sizes, { room, most });
    said.textContent = words;
    // What the page would not even take keeps the form here, with all that was written.
    for (const field of fields) field.setCustomValidity(tooMuch && hasFile(field) ? words : "");
  };
  form.addEventListener("change", look);
}

function hasFile({ files }: HTMLInputElement): boolean {
  return (files?.length ?? 0) > 0;
}
