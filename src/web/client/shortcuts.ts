/** Keys that lead somewhere, where nothing is being typed: j and k go from post to post, n writes. */

/** Adds them. */
export function addShortcuts(): void {
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target)) return;
    if (event.key === "n") location.href = "/compose";
    if (event.key === "j") step(1);
    if (event.key === "k") step(-1);
  });
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement &&
    target.closest("input, textarea, select, [contenteditable]") !== null;
}

/** The next post, or the one before it, becomes the one that the keyboard is at. */
function step(by: number): void {
  const posts = [...document.querySelectorAll<HTMLElement>(".post")];
  const at = posts.findIndex((post) => post.contains(document.activeElement));
  const next = posts[at < 0 ? 0 : at + by];
  if (next === undefined) return;
  next.tabIndex = -1;
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}
