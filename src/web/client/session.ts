/**
 * Notices that this browser was signed out, the keys were locked or the node ended: what is shown is
 * nobody's business any more then. The question doesn't count as use.
 */

/** Milliseconds between two questions. */
const LOOK_MS = 15_000;

/** Asks now and then, and whenever somebody comes back to the page. */
export function watchSession(): void {
  // Only pages of somebody who is signed in have it.
  if (document.querySelector(".sign-out") === null) return;
  let unlocked = false;
  let silent = 0;
  const look = async (): Promise<void> => {
    const response = await fetch("/session").catch(() => undefined);
    if (response === undefined) {
      // Once may be chance.
      if (++silent === 2) document.body.replaceChildren("The node doesn't answer any more.");
      return;
    }
    silent = 0;
    const now = response.ok && (await response.json()).unlocked === true;
    if (!response.ok || (unlocked && !now)) {
      document.body.replaceChildren();
      location.reload();
    }
    unlocked = now;
  };
  setInterval(() => void look(), LOOK_MS);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) void look();
  });
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted) void look();
  });
  void look();
}
