/** Puts new posts on top of a list as the node stores them. */

/** Most posts in an open page; older ones are still a reload away. */
const MAX_POSTS = 500;

/** Follows the stream that the list names, until the page is left or the browser signed out. */
export function followStream(list: HTMLElement): void {
  const { live } = list.dataset;
  if (live === undefined) return;
  const stream = new EventSource(live);
  let opened = false;
  stream.addEventListener("open", () => {
    // After a break something may have been missed: the whole page knows.
    if (opened) location.reload();
    opened = true;
  });
  stream.addEventListener("post", ({ data }) => {
    const { id, html }: { id: string; html: string } = JSON.parse(data);
    if (document.getElementById(`m-${id}`) !== null) return;
    const holder = document.createElement("template");
    // Made by the node for this page; its policy lets no script in it run.
    holder.innerHTML = html;
    insertAbove(list, holder.content);
    while (list.children.length > MAX_POSTS) list.lastElementChild?.remove();
  });
  for (const event of ["signed-out", "locked"]) {
    stream.addEventListener(event, () => {
      stream.close();
      // What is shown is nobody's business any more.
      document.body.replaceChildren();
      location.reload();
    });
  }
  addEventListener("pagehide", () => stream.close());
}

/** Whoever reads further down must not lose the line. */
function insertAbove(list: HTMLElement, content: DocumentFragment): void {
  const before = list.scrollHeight;
  const reading = scrollY > list.offsetTop;
  list.prepend(content);
  if (reading) scrollBy({ top: list.scrollHeight - before, behavior: "instant" });
}
