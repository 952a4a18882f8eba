/** Puts new posts on top of a list as the node stores them, or below it where it says so. */

/** Most posts in an open page; older ones are still a reload away. */
const MAX_POSTS = 500;

/**
 * Follows the stream that the list names while the page is looked at: browsers allow a page few
 * connections, and pages in the background would use them up.
 */
export function followStream(list: HTMLElement): void {
  let stream: EventSource | undefined;
  let before = false;
  const look = (): void => {
    if (document.hidden) {
      stream?.close();
      stream = undefined;
    } else {
      stream ??= open(list, () => {
        // What came while nobody listened is on the page that the node would make now.
        if (before) void catchUp(list);
        before = true;
      });
    }
  };
  document.addEventListener("visibilitychange", look);
  look();
}

function open(list: HTMLElement, opened: () => void): EventSource {
  const stream = new EventSource(list.dataset["live"] ?? "");
  stream.addEventListener("open", opened);
  stream.addEventListener("post", ({ data }) => {
    const { html }: { html: string } = JSON.parse(data);
    const holder = document.createElement("template");
    // Made by the node for this page; its policy lets no script in it run.
    holder.innerHTML = html;
    show(list, [...holder.content.children]);
  });
  for (const event of ["signed-out", "locked"]) {
    stream.addEventListener(event, () => {
      stream.close();
      // What is shown is nobody's business any more.
      document.body.replaceChildren();
      location.reload();
    });
  }
  return stream;
}

async function catchUp(list: HTMLElement): Promise<void> {
  const response = await fetch(location.href).catch(() => undefined);
  if (response === undefined) return;
  if (!response.ok) return location.reload();
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const posts = page.querySelector(`[data-live="${list.dataset["live"]}"]`)?.children ?? [];
  // The newest comes last.
  show(list, isAtEnd(list) ? [...posts] : [...posts].reverse());
}

/** Whether new ones come below the others, as in a conversation. */
function isAtEnd(list: HTMLElement): boolean {
  return list.dataset["liveAt"] === "end";
}

/** New ones since the page was opened. */
let count = 0;

/** Adds what isn't there, one above or below the other. Whoever reads further down must not lose the line. */
function show(list: HTMLElement, posts: readonly Element[]): void {
  const height = list.scrollHeight;
  const atEnd = isAtEnd(list);
  const reading = !atEnd && scrollY > list.offsetTop;
  for (const post of posts) {
    if (document.getElementById(post.id) !== null) continue;
    document.adoptNode(post);
    if (atEnd) list.append(post);
    else list.prepend(post);
    count++;
  }
  // For a screen reader: how many, not all of what they say.
  const news = document.getElementById("news");
  if (news !== null && count > 0) news.textContent = `${count} new`;
  while (list.children.length > MAX_POSTS) {
    (atEnd ? list.firstElementChild : list.lastElementChild)?.remove();
  }
  if (reading) scrollBy({ top: list.scrollHeight - height, behavior: "instant" });
}
