/** What pictures tell, said before they are sent by a command, or taken out. */
import { deepEqual, equal, match } from "node:assert/strict";
import type { PrivacyView } from "../../src/node/api.ts";
import * as s from "../picture/samples.ts";
import { runIn, type World } from "./fakes.ts";

const ID = "3f9a01c2d4".padEnd(64, "0");
const TAKEN = s.photoWith(s.segment(0xe1, s.join("Exif\0\0", s.tiff(1))));
const FILES = {
  "/a/cat.jpg": TAKEN,
  "/a/plain.jpg": s.photo(),
  "/a/half.jpg": TAKEN.slice(0, 300),
  "/a/note.txt": s.latin("Hi"),
  "/a/large.jpg": s.photoWith(s.segment(0xe1, s.join("Exif\0\0", new Uint8Array(65_000)))),
};

/** A world that keeps what is posted and sent. */
function world(part: World = {}): { at: World; sent: string[][] } {
  const sent: string[][] = [];
  const files = (list: readonly { base64: string }[]): void => {
    sent.push(list.map(({ base64 }) => base64));
  };
  const answers: World["answers"] = {
    post: ({ attachments }) => {
      files(attachments);
      return { id: ID, created: 1, waiting: true, notes: [] };
    },
    send: ({ to, attachments }) => {
      files(attachments);
      return { id: ID, to, created: 1, waiting: true };
    },
    recipient: ({ to }) => ({ id: to, name: "", revoked: false, first: false }),
    identities: () => [],
    privacy: () => ({ identities: [] }) as Partial<PrivacyView> as PrivacyView,
  };
  return { at: { files: FILES, answers, ...part }, sent };
}

for (const command of [["post", "x"], ["send", "g1bob", "x"]]) {
  const [name] = command;
  const attach = (...paths: string[]): string[] => [
    ...command,
    ...paths.flatMap((path) => ["--attach", path]),
  ];

  Deno.test(`${name} asks at a terminal before a picture goes out that tells of its author`, async () => {
    const { at, sent } = world({ terminal: true, columns: 80, confirms: false });
    const no = await runIn(at, ...attach("/a/cat.jpg", "/a/plain.jpg"));
    equal(no.code, 1);
    match(no.stderr, /cat\.jpg tells where, when and with what it was taken \(Exif\)\./);
    match(no.stderr, /With --strip that is taken out first/);
    match(no.stderr, /gossamer: Nothing was (?:posted|sent)\.\n$/);
    equal(/plain\.jpg/.test(no.stderr), false);
    deepEqual(no.questions, ["Send it with that?"]);
    deepEqual(sent, []);
    const yes = await runIn({ ...at, confirms: true }, ...attach("/a/cat.jpg"));
    equal(yes.code, 0, yes.stderr);
    deepEqual(sent, [[TAKEN.toBase64()]]);
  });

  Deno.test(`${name} asks no script, and nobody about what tells nothing`, async () => {
    const script = world();
    equal((await runIn(script.at, ...attach("/a/cat.jpg"))).code, 0);
    deepEqual(script.sent, [[TAKEN.toBase64()]]);
    const { at, sent } = world({ terminal: true, columns: 80, confirms: false });
    const done = await runIn(at, ...attach("/a/plain.jpg", "/a/note.txt"));
    equal(/tells/.test(done.stderr), false);
    equal(done.questions.includes("Send it with that?"), false);
    equal(sent.length, 1);
  });

  Deno.test(`${name} --strip takes it out, also of what would be too large with it`, async () => {
    const { at, sent } = world({ terminal: true, columns: 80 });
    const done = await runIn(at, ...attach("/a/cat.jpg", "/a/large.jpg", "/a/note.txt"), "--strip");
    equal(done.code, 0, done.stderr);
    const plain = s.photo().toBase64();
    deepEqual(sent, [[plain, plain, s.latin("Hi").toBase64()]]);
    const half = await runIn(at, ...attach("/a/half.jpg"), "--strip");
    equal(half.code, 1);
    match(
      half.stderr,
      /half\.jpg isn't built as a picture should be, so what it tells can't be taken out/,
    );
    equal(sent.length, 1);
  });
}
