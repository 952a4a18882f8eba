import { doesNotThrow, equal, match, throws } from "node:assert/strict";
import { EMPTY_PROFILE } from "../../src/node/compose.ts";
import { checkRoom } from "../../src/node/methods/status_parts.ts";
import { UserError } from "../../src/node/user_error.ts";
import type { StatusBody } from "../../src/wire/body.ts";
import { encodeBody } from "../../src/wire/body_encode.ts";
import { MAX_BODY_BYTES } from "../../src/wire/limits.ts";
import { unixSeconds } from "../../src/wire/time.ts";

function status(...sizes: number[]): StatusBody {
  return {
    kind: "status",
    created: unixSeconds(1_796_083_200),
    text: "look: é",
    markup: [],
    attachments: sizes.map((size) => ({
      ...{ mediaType: "image/png", name: "a.png", alt: "a picture" },
      bytes: new Uint8Array(size),
    })),
    profile: { ...EMPTY_PROFILE, name: "Ada" },
  };
}

function free(body: StatusBody): number {
  let bytes = NaN;
  throws(() => checkRoom(body), (error) => {
    if (!(error instanceof UserError)) return false;
    bytes = Number(/there are (\d+) bytes/.exec(error.message)?.[1]);
    return error.code === "refused";
  });
  return bytes;
}

Deno.test("what is said to fit fits to the byte, and one more doesn't", () => {
  const most = free(status(60_000));
  doesNotThrow(() => checkRoom(status(most)));
  equal(encodeBody(status(most)).length, MAX_BODY_BYTES);
  equal(free(status(most + 1)), most);
  throws(() => encodeBody(status(most + 1)), RangeError);
});

Deno.test("of four files it is said what all may have together", () => {
  const most = free(status(20_000, 20_000, 20_000, 300));
  const last = most - 3 * 13_000;
  doesNotThrow(() => checkRoom(status(13_000, 13_000, 13_000, last)));
  equal(encodeBody(status(13_000, 13_000, 13_000, last)).length, MAX_BODY_BYTES);
  equal(free(status(13_000, 13_000, 13_000, last + 1)), most);
  throws(() => checkRoom(status(13_000, 13_000, 13_000, last + 1)), ({ message }) => {
    match(message, /these files together/);
    return true;
  });
});
