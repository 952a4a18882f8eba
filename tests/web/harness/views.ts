/** Every view of the page that has an address, looked at once there is something in it. */
import assert from "node:assert/strict";
import type { People } from "./evening.ts";
import type { Seat } from "./seat.ts";

/** Views by a name for their pictures, as Ada opens them. */
function views({ ada, bob, eli, tod }: People): Readonly<Record<string, string>> {
  return {
    ...{ timeline: "/", everything: "/everything", write: "/compose", mentions: "/mentions" },
    ...{ messages: "/messages", strangers: "/messages?requests=1", "message-new": "/messages/new" },
    ...{ conversation: `/messages/${bob}`, search: "/search?q=moon", person: `/person/${bob}` },
    ...{ own: `/person/${ada}`, "profile-edit": "/profile/edit", following: "/following" },
    ...{ verify: `/verify/${tod}`, blocks: "/blocks", hidden: "/blocks/hidden" },
    ...{ trust: "/trust", "trust-reasons": `/trust/${eli}`, invite: "/invite", join: "/join" },
    ...{ peers: "/peers", health: "/health", keys: "/keys", revoke: "/keys/revoke" },
    ...{ privacy: "/privacy", obliterate: "/obliterate" },
  };
}

/** Looks at all of them. */
export async function lookAround(seat: Seat, people: People): Promise<void> {
  const faults: string[] = [];
  for (const [name, path] of Object.entries(views(people))) {
    await seat.visitor.open(path);
    await seat.look(name).catch((error) => faults.push(String(error)));
  }
  assert.deepEqual(faults, []);
  await seat.visitor.open("/nowhere");
  await seat.page.getByRole("alert").waitFor();
  await seat.look("nowhere");
}

/** All that the navigation leads to is among them. */
export async function knowsAll(seat: Seat, people: People): Promise<void> {
  // Not by its role: on a phone it is closed.
  const links = seat.page.locator("nav#nav a");
  const paths = await links.evaluateAll((all) => all.map((one) => one.getAttribute("href") ?? ""));
  const known = Object.values(views(people)).map((path) => path.split("?")[0] ?? "");
  assert.ok(paths.length > 0);
  assert.deepEqual(paths.filter((path) => !known.includes(path)), []);
}

/** Reads all of them in a browser that runs no script. */
export async function readAround(seat: Seat, people: People): Promise<void> {
  for (const path of Object.values(views(people))) {
    await seat.visitor.open(path);
    await seat.page.getByRole("heading", { level: 1 }).waitFor();
    assert.equal(await seat.page.getByRole("alert").count(), 0, await seat.visitor.words());
    assert.notEqual((await seat.page.getByRole("main").innerText()).trim(), "", path);
  }
}
