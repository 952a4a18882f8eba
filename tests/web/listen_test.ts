/** The page's server comes and goes cleanly, whatever its clients do. */
import assert from "node:assert/strict";
import { UserError } from "../../src/node/user_error.ts";
import { listen } from "../../src/web/listen.ts";

Deno.test("it listens on loopback only, and says when a port is taken", async () => {
  const one = listen(0, () => new Response("here"));
  assert.equal(await (await fetch(`http://127.0.0.1:${one.port}/`)).text(), "here");
  assert.throws(
    () => listen(one.port, () => new Response("")),
    (error) => error instanceof UserError && error.message.includes(String(one.port)),
  );
  await one.close();
  await assert.rejects(fetch(`http://127.0.0.1:${one.port}/`));
  const two = listen(one.port, () => new Response("again"));
  await two.close();
});

Deno.test("an answer under way is sent to its end, and who stands still is cut off", async () => {
  const gate = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  const server = listen(0, async (request) => {
    if (request.method === "POST") return new Response(await request.text());
    asked.resolve();
    await gate.promise;
    return new Response("whole");
  });
  const answer = fetch(`http://127.0.0.1:${server.port}/`).then((response) => response.text());
  await asked.promise;
  // One that sends half a request, one that sends nothing.
  const half = await Deno.connect({ port: server.port });
  await half.write(
    new TextEncoder().encode("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nab"),
  );
  const idle = await Deno.connect({ port: server.port });
  const closed = server.close();
  gate.resolve();
  assert.equal(await answer, "whole");
  await closed;
  for (const client of [half, idle]) {
    // Their end, or an error page and then their end.
    while (await client.read(new Uint8Array(1_024)).catch(() => null) !== null);
    client.close();
  }
});

Deno.test("whoever takes all file descriptors closes the page, and doesn't end the node", async () => {
  const script = new URL("./harness/few_files.ts", import.meta.url).pathname;
  const run = 'ulimit -n 200 && exec "$0" run --no-prompt -P=test "$1"';
  const { code, stdout, stderr } = await new Deno.Command("sh", {
    args: ["-c", run, Deno.execPath(), script],
    stdout: "piped",
    stderr: "piped",
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  assert.deepEqual(JSON.parse(new TextDecoder().decode(stdout)), { ended: true, answer: "again" });
});
