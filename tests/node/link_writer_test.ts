import assert from "node:assert/strict";
import type { SessionId } from "../../src/gossip/mod.ts";
import { openLog } from "../../src/node/log_tape.ts";
import { LinkWriter, type LoadMessages } from "../../src/node/link_writer.ts";
import { decodeFrame, RESULT, type ResultCode } from "../../src/wire/frame.ts";
import { type MessageId, messageId } from "../../src/wire/ids.ts";
import { asPublic } from "../../src/wire/privacy.ts";

const SESSION = 1 as SessionId;

interface Bench {
  readonly writer: LinkWriter;
  /** What was sent: result codes, and first bytes of messages, -1 for empty ones. */
  readonly sent: number[];
  readonly gone: MessageId[];
  readonly lines: string[];
  destroyed: boolean;
  /** Lets `ready` wait. */
  block: Promise<void> | undefined;
  readies: number;
}

function bench(load: LoadMessages): Bench {
  const lines: string[] = [];
  const gone: MessageId[] = [];
  const sent: number[] = [];
  const made: Bench = {
    sent,
    gone,
    lines,
    destroyed: false,
    block: undefined,
    readies: 0,
    writer: new LinkWriter({
      sent: () => {},
      session: {
        ready: async () => {
          made.readies++;
          await made.block;
        },
        send: (bytes) => {
          const frame = decodeFrame(bytes);
          if (frame.kind === "result") sent.push(frame.code);
          if (frame.kind === "message") sent.push(frame.bytes[0] ?? -1);
        },
        destroy: () => made.destroyed = true,
      },
      load,
      gone: (id) => gone.push(id),
      log: openLog({ level: "error", write: (line) => lines.push(line) }),
    }),
  };
  return made;
}

function idOf(n: number): MessageId {
  return messageId(new Uint8Array(32).fill(n));
}

function bytesOf(id: MessageId): ReturnType<typeof asPublic<Uint8Array>> {
  return asPublic(Uint8Array.of(parseInt(id.slice(0, 2), 16)));
}

function result(writer: LinkWriter, code: ResultCode): void {
  writer.push({ kind: "send", session: SESSION, frame: { kind: "result", code } });
}

function message(writer: LinkWriter, n: number): void {
  writer.push({ kind: "send-message", session: SESSION, id: idOf(n) });
}

Deno.test("a link writer keeps the order of frames and messages, and reads messages in a row together", async () => {
  const asked: number[] = [];
  const { writer, sent } = bench((ids) => {
    asked.push(ids.length);
    // Less than asked for, as a store does.
    return Promise.resolve(ids.slice(0, 3).map(bytesOf));
  });
  result(writer, RESULT.known);
  for (let n = 100; n < 105; n++) message(writer, n);
  result(writer, RESULT.accepted);
  message(writer, 105);
  await writer.flushed();
  assert.deepEqual(sent, [1, 100, 101, 102, 103, 104, 0, 105]);
  assert.deepEqual(asked, [5, 2, 1]);
});

Deno.test("a link writer asks for at most 64 messages at once", async () => {
  const asked: number[] = [];
  const { writer, sent } = bench((ids) => {
    asked.push(ids.length);
    return Promise.resolve(ids.map(bytesOf));
  });
  for (let n = 0; n < 65; n++) message(writer, n);
  await writer.flushed();
  assert.deepEqual(asked, [64, 1]);
  assert.equal(sent.length, 65);
});

Deno.test("a link writer sends empty what is gone and what can't be read, and tells of the first alone", async () => {
  const { writer, sent, gone, lines } = bench((ids) => {
    if (ids.includes(idOf(12))) return Promise.reject(new Error("the disk"));
    return Promise.resolve(ids.map((id) => id === idOf(11) ? undefined : bytesOf(id)));
  });
  for (const n of [10, 11, 12, 13]) message(writer, n);
  await writer.flushed();
  assert.deepEqual(sent, [10, -1, -1, 13]);
  assert.deepEqual(gone, [idOf(11)]);
  assert.equal(lines.length, 1);
});

Deno.test("a link writer waits for the session after 64 KiB, and forgets all when stopped", async () => {
  const big = asPublic(new Uint8Array(20_000).fill(7));
  const made = bench((ids) => Promise.resolve(ids.map(() => big)));
  const blocked = Promise.withResolvers<void>();
  made.block = blocked.promise;
  for (let n = 0; n < 10; n++) message(made.writer, n);
  while (made.readies === 0) await Promise.resolve();
  assert.equal(made.sent.length, 4);
  made.writer.stop();
  blocked.resolve();
  await made.writer.flushed();
  assert.equal(made.sent.length, 4);
});

Deno.test("a link writer ends the session over what can't be sent at all", async () => {
  const made = bench((ids) => Promise.resolve(ids.map(() => asPublic(new Uint8Array(70_000)))));
  message(made.writer, 1);
  result(made.writer, RESULT.known);
  await made.writer.flushed();
  assert.deepEqual([made.sent, made.destroyed, made.lines.length], [[], true, 1]);
});
