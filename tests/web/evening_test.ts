/** An evening on two nodes by their web pages alone. */
import type { Device } from "./harness/visitor.ts";
import { browserTest, Chromium } from "./harness/chromium.ts";
import {
  arrive,
  block,
  type Company,
  makeTown,
  retract,
  succeed,
  talk,
  verify,
  whisper,
} from "./harness/evening.ts";
import { Seat } from "./harness/seat.ts";
import { knowsAll, lookAround, readAround } from "./harness/views.ts";

/** Plays it, then looks at every view with scripts and, on a phone, reads it without. */
async function play(device: Device, other: Device): Promise<void> {
  await using town = await makeTown();
  await using here = await Chromium.start(town.hosts[0]);
  await using there = await Chromium.start(town.hosts[1]);
  await using ada = await Seat.take(town.ada, { chromium: here, device });
  await using bob = await Seat.take(town.bob, { chromium: there, device: other });
  try {
    await ada.look("locked");
    await Promise.all([ada.unlock(), bob.unlock()]);
    await chapters({ ada, bob, people: town.people });
    await lookAround(ada, town.people);
    await knowsAll(ada, town.people);
    if (device === "phone") {
      await using plain = await Seat.take(town.ada, { chromium: here, device, scripts: false });
      await readAround(plain, town.people);
    }
    await ada.press("Sign out");
    await ada.look("signed-out");
  } catch (error) {
    const shown = [await ada.visitor.words(), await bob.visitor.words()].join("\n\n");
    throw new Error(`${error instanceof Error ? error.message : error}\n\n${shown}`, {
      cause: error,
    });
  }
}

async function chapters(company: Company): Promise<void> {
  await arrive(company);
  const said = await talk(company);
  await verify(company);
  await block(company, said);
  await whisper(company);
  await retract(company);
  await succeed(company);
}

for (const [device, other] of [["phone", "desktop"], ["desktop", "phone"]] as const) {
  browserTest(
    `an evening by the page alone, Ada at a ${device} and Bob at a ${other}`,
    () => play(device, other),
  );
}
