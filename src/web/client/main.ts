/**
 * What the page does by itself in the browser. All of it can be read and used without: this adds what
 * is new as it comes.
 */
import { countIn } from "./count.ts";
import { watchFiles } from "./files.ts";
import { followStream } from "./live.ts";
import { sealFields } from "./secret_fields.ts";
import { watchSending } from "./sending.ts";
import { watchSession } from "./session.ts";
import { addShortcuts } from "./shortcuts.ts";

for (const list of document.querySelectorAll("[data-live]")) {
  if (list instanceof HTMLElement) followStream(list);
}
for (const field of document.querySelectorAll("textarea[data-count]")) {
  if (field instanceof HTMLTextAreaElement) countIn(field);
}
for (const said of document.querySelectorAll("[data-files-said]")) {
  if (said instanceof HTMLElement) watchFiles(said);
}
for (const field of document.querySelectorAll<HTMLInputElement>("input[data-seal]")) {
  if (field.form !== null) sealFields(field.form);
}
for (const said of document.querySelectorAll<HTMLElement>("[data-sending]")) watchSending(said);
addShortcuts();
watchSession();
