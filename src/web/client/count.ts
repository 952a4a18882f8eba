/** Says beside a text how many characters are left, by the node's own way of counting. */
import { leftSaid, leftWords, pointsLeft } from "../count_words.ts";

/** Milliseconds without a letter before a screen reader says it. */
const QUIET_MS = 1_000;

/** Counts in a field with `data-count`, the most characters that it may hold. */
export function countIn(field: HTMLTextAreaElement): void {
  const most = Number(field.dataset.count);
  const shown = document.querySelector(`[data-count-of="${field.id}"]`);
  const said = document.querySelector(`[data-count-said="${field.id}"]`);
  let timer = 0;
  const count = (): void => {
    const left = pointsLeft(field.value, most);
    // What would be refused stays here, with the files that would have to be chosen again.
    field.setCustomValidity(left < 0 ? leftSaid(left) : "");
    if (shown !== null) {
      shown.textContent = leftWords(left);
      shown.classList.toggle("over", left < 0);
    }
    clearTimeout(timer);
    timer = setTimeout(() => {
      const words = leftSaid(left);
      // The same words again would be said again.
      if (said !== null && said.textContent !== words) said.textContent = words;
    }, QUIET_MS);
  };
  field.addEventListener("input", count);
  count();
}
