/** Says that a form was sent, where the answer takes a while. */

/** Watches the form that an element with `data-sending`, the words, is in. */
export function watchSending(said: HTMLElement): void {
  said.closest("form")?.addEventListener("submit", () => {
    said.textContent = said.dataset.sending ?? "";
  });
  // A page that is come back to isn't sending any more.
  addEventListener("pageshow", () => {
    said.textContent = "";
  });
}
