/**
 * What the page does by itself in the browser. All of it can be read and used without: this adds what
 * is new as it comes.
 */
import { followStream } from "./live.ts";
import { watchSession } from "./session.ts";
import { addShortcuts } from "./shortcuts.ts";

for (const list of document.querySelectorAll("[data-live]")) {
  if (list instanceof HTMLElement) followStream(list);
}
addShortcuts();
watchSession();
