/** The harness itself: if it lied, the tests that stand on it would prove nothing. */
import assert from "node:assert/strict";
import { createVerifier } from "../../src/keystore/ed25519.ts";
import { admit, type AdmitContext } from "../../src/wire/admit.ts";
import { RESULT } from "../../src/wire/frame.ts";
import { labelsOf, MAIN_NETWORK } from "../../src/wire/labels.ts";
import { toSeconds, type UnixMs } from "../../src/wire/time.ts";
import { Author, spoiledMessages } from "./harness/author.ts";
import { helloFrame, RawClient } from "./harness/client.ts";
import { makeLan, makeRoutedLans, networkTest, removeStale } from "./harness/netns.ts";
import { type Running, startProgram } from "./harness/process.ts";

Deno.test("a line is found whether it came before or after the question", async () => {
  await using running = await evaluate(`console.log("one"); console.log("two");`);
  const two = await running.stdout.find((line) => line === "two" ? line : undefined, {
    what: "two",
  });
  const one = await running.stdout.find((line, index) => line === "one" ? index : undefined, {
    what: "one",
  });
  assert.deepEqual([one, two, await running.end()], [0, "two", {
    code: 0,
    stdout: "one\ntwo",
    stderr: "",
  }]);
});

Deno.test("a wait fails when the output ends, and says what there was", async () => {
  await using running = await evaluate(`console.log("bye");`);
  await assert.rejects(
    running.stdout.find(() => undefined, { what: "greeting" }),
    /Output ended before greeting\nbye/,
  );
});

Deno.test("a wait fails at its deadline", async () => {
  await using running = await evaluate(`console.log("here"); setInterval(() => {}, 1000);`);
  await running.stdout.find((line) => line === "here" ? true : undefined, { what: "start" });
  await assert.rejects(
    running.stdout.find(() => undefined, { what: "more", timeoutMs: 1 }),
    /No more within 1 ms\nhere/,
  );
  await assert.rejects(running.end(1), /Still running after 1 ms\nstdout:\nhere/);
});

Deno.test("a process gets its input and its exit code is told", async () => {
  const code = `const all = await new Response(Deno.stdin.readable).text();
    console.error(all.length); Deno.exit(7);`;
  await using running = await evaluate(code, { stdin: "x".repeat(100_000) });
  assert.deepEqual(await running.end(), { code: 7, stdout: "", stderr: "100000" });
});

Deno.test("two raw clients talk, also about what no frame may hold", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepted = RawClient.accept(listener);
  using dialler = await RawClient.open({ port: listener.addr.port });
  using other = await accepted;
  const hello = helloFrame({ port: 4_000 });
  await dialler.send(hello, { kind: "bye" });
  assert.deepEqual([await other.next(), await other.next()], [hello, { kind: "bye" }]);
  await other.sendBytes(Uint8Array.of(0xc1));
  await assert.rejects(dialler.next(), { name: "WireError" });
  other[Symbol.dispose]();
  assert.equal(await dialler.next(), undefined);
});

Deno.test("an author's post is admitted, and each spoiled one for its own reason is not", () => {
  const author = new Author();
  const context: AdmitContext = {
    labels: labelsOf(MAIN_NETWORK),
    now: toSeconds(Date.now() as UnixMs),
    known: () => false,
    verify: createVerifier(),
    extraStampBits: 0,
  };
  const { id, bytes } = author.post("Good");
  assert.equal(admit(bytes, { ...context, expected: id }).kind, "accept");
  for (const { what, id, bytes, result } of spoiledMessages(author)) {
    const verdict = admit(bytes, { ...context, expected: id });
    assert.ok(verdict.kind !== "accept", what);
    assert.deepEqual([what, verdict.code], [what, RESULT[result]]);
  }
});

networkTest("on a LAN, a broadcast reaches the others and nobody outside", async () => {
  await using net = await makeLan(2);
  const [a, b] = net.lans[0] ?? [];
  assert.ok(a && b);
  await using receiver = await evaluate(LISTEN, { namespace: b.namespace });
  await receiver.stdout.find((line) => line === "ready" ? true : undefined, { what: "ready" });
  await using sender = await evaluate(broadcast("10.88.1.255"), { namespace: a.namespace });
  assert.equal((await sender.end()).stderr, "");
  const heard = await receiver.stdout.find((line) => line === "ready" ? undefined : line, {
    what: "datagram",
  });
  assert.equal(heard, `hello from ${a.address}`);
});

networkTest("between LANs, TCP passes the router and a broadcast does not", async () => {
  await using net = await makeRoutedLans([1, 1]);
  const [a, b] = net.lans.map((lan) => lan[0]);
  assert.ok(a && b);
  await using receiver = await evaluate(LISTEN, { namespace: b.namespace });
  await receiver.stdout.find((line) => line === "ready" ? true : undefined, { what: "ready" });
  for (const target of ["10.88.1.255", "10.88.2.255"]) {
    await using sender = await evaluate(broadcast(target), { namespace: a.namespace });
    await sender.end();
  }
  // A datagram and a connection take the same road: what was going to arrive did so before it.
  const connect = `const c = await Deno.connect({hostname:"${b.address}",port:4000});
      await new Response(c.readable).text(); console.log("through");`;
  await using client = await evaluate(connect, { namespace: a.namespace });
  assert.equal((await client.end()).stdout, "through");
  await receiver.stdout.find((line) => line === "connection" ? true : undefined, {
    what: "connection",
  });
  assert.deepEqual(receiver.stdout.all, ["ready", "connection"]);
});

networkTest("what a killed run left behind is removed, and nothing else", async () => {
  await using gone = await evaluate("");
  await gone.end();
  const stale = `gossamer-test-${gone.pid}-x`;
  const living = `gossamer-test-${Deno.pid}-x`;
  for (const name of [stale, living]) await ipNetns("add", name);
  await using left = await evaluate("setInterval(() => {}, 1000)", { namespace: stale });
  await removeStale();
  const names = (await ipNetns("list")).split("\n").map((line) => line.split(" ")[0]);
  await ipNetns("delete", living);
  assert.deepEqual([names.includes(stale), names.includes(living)], [false, true]);
  assert.notEqual((await left.end()).code, 0);
});

const LISTEN = `
  const socket = Deno.listenDatagram({transport:"udp",hostname:"0.0.0.0",port:4000});
  const listener = Deno.listen({hostname:"0.0.0.0",port:4000});
  (async () => { for await (const c of listener) { console.log("connection"); c.close(); } })();
  console.log("ready");
  for await (const [bytes, from] of socket) {
    console.log(new TextDecoder().decode(bytes) + " from " + from.hostname);
  }`;

function broadcast(target: string): string {
  return `const socket = Deno.listenDatagram({transport:"udp",hostname:"0.0.0.0",port:0});
    await socket.send(new TextEncoder().encode("hello"), {transport:"udp",hostname:"${target}",port:4000});
    socket.close();`;
}

function evaluate(
  code: string,
  options: { namespace?: string; stdin?: string } = {},
): Promise<Running> {
  return startProgram([Deno.execPath(), "eval", "--unstable-net", code], options);
}

async function ipNetns(...args: string[]): Promise<string> {
  await using running = await startProgram(["ip", "netns", ...args]);
  return (await running.end()).stdout;
}
