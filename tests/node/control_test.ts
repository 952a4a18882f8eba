import assert from "node:assert/strict";
import { join } from "node:path";
import type { Api, MessageView, Method } from "../../src/node/api.ts";
import { connectControl } from "../../src/node/control_client.ts";
import { type Owner, serveControl } from "../../src/node/control_server.ts";
import { controlSocketPath } from "../../src/node/control_socket.ts";
import { SILENT } from "../../src/node/log.ts";
import { openLog } from "../../src/node/log_tape.ts";
import { UserError } from "../../src/node/user_error.ts";
import { statusView } from "../cli/fakes.ts";
import { activityView } from "./activity_helpers.ts";
import { parsePrometheus } from "./prometheus_parser.ts";

const VIEW: MessageView = {
  id: "00".repeat(32),
  author: "g1x",
  name: "",
  created: 10,
  text: "hello",
  verified: false,
  revoked: false,
  replyTo: null,
  quote: null,
  warning: null,
  blocked: null,
  pending: false,
  suspicious: false,
  quoted: null,
  language: null,
  mentions: [],
  tags: [],
  links: [],
  attachments: [],
};

/** An owner that records what it is asked and answers `following` only. */
class FakeOwner implements Owner {
  readonly asked: unknown[] = [];
  bundle: Uint8Array | undefined;
  wiped: (() => boolean) | undefined;

  call<M extends Method>(method: M, params: Api[M]["params"]): Promise<Api[M]["result"]> {
    this.asked.push([method, params]);
    if (method === "lock") throw new UserError("locked", "No keys");
    if (method === "peers") throw new TypeError("a bug");
    if (method === "status") {
      return Promise.resolve(statusView({ activity: activityView() }) as Api[M]["result"]);
    }
    const result: Api["following"]["result"] = [
      { id: "g1x", name: "x", petname: "", claimed: "x", suspicious: false },
    ];
    return Promise.resolve(result as Api[M]["result"]);
  }

  async *watch({ signal }: { all: boolean; signal: AbortSignal }): AsyncIterable<MessageView> {
    yield VIEW;
    yield { ...VIEW, text: "line\nbreak \u2028" };
    await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
  }

  unlock(bundle: Uint8Array): Promise<readonly string[]> {
    this.bundle = bundle.slice();
    this.wiped = () => bundle.every((byte) => byte === 0);
    return Promise.resolve(["g1x"]);
  }
}

/** Streams more than any buffer holds. */
class EndlessOwner extends FakeOwner {
  override async *watch({ signal }: { signal: AbortSignal }): AsyncIterable<MessageView> {
    while (!signal.aborted) yield await Promise.resolve({ ...VIEW, text: "x".repeat(10_000) });
  }
}

/** Loses its keys after one message. */
class LosingOwner extends FakeOwner {
  override async *watch(): AsyncIterable<MessageView> {
    yield await Promise.resolve(VIEW);
    throw new UserError("locked", "The keys were locked.");
  }
}

async function withServer(
  test: (parts: { owner: FakeOwner; path: string; log: string[] }) => Promise<void>,
): Promise<void> {
  const dir = await Deno.makeTempDir();
  const path = join(dir, "node.sock");
  const owner = new FakeOwner();
  const log: string[] = [];
  const server = serveControl(
    path,
    owner,
    openLog({ level: "debug", write: (line) => log.push(line) }),
  );
  try {
    await test({ owner, path, log });
  } finally {
    await server.close();
    await Deno.remove(dir, { recursive: true });
  }
}

async function connect(
  path: string,
): Promise<NonNullable<Awaited<ReturnType<typeof connectControl>>>> {
  const backend = await connectControl(path);
  assert.ok(backend);
  return backend;
}

Deno.test("control socket gives metrics to a scrape, and to no other request", async () => {
  await withServer(async ({ owner, path }) => {
    using client = Deno.createHttpClient({ proxy: { transport: "unix", path } });
    const response = await fetch("http://localhost/metrics", { client });
    assert.equal(response.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    const families = parsePrometheus(await response.text());
    assert.ok(families.has("gossamer_exchanges_total"));
    assert.deepEqual(owner.asked, [["status", {}]]);
    for (
      const [method, where] of [["POST", "/metrics"], ["GET", "/metrics/x"], ["GET", "/v1/metrics"]]
    ) {
      const other = await fetch(`http://localhost${where}`, { client, method: method ?? "" });
      assert.equal(other.status, 400, where);
      await other.body?.cancel();
    }
  });
});

Deno.test("control socket carries calls and answers, and only its owner can open it", async () => {
  await withServer(async ({ owner, path }) => {
    assert.equal((Deno.statSync(path).mode ?? 0) & 0o777, 0o600);
    const backend = await connect(path);
    assert.deepEqual(await backend.call("following", {}), [
      { id: "g1x", name: "x", petname: "", claimed: "x", suspicious: false },
    ]);
    assert.deepEqual(owner.asked, [["following", {}]]);
    await backend.close();
  });
});

Deno.test("control socket passes failures on with their code, and hides what a bug says", async () => {
  await withServer(async ({ path, log }) => {
    const backend = await connect(path);
    await assert.rejects(
      backend.call("lock", {}),
      (error) =>
        error instanceof UserError && error.code === "locked" && error.message === "No keys",
    );
    await assert.rejects(
      backend.call("peers", {}),
      (error) =>
        error instanceof UserError && error.code === "failed" && !/a bug/.test(error.message),
    );
    assert.ok(log.some((line) => line.includes("a bug")));
    await backend.close();
  });
});

Deno.test("control socket refuses parameters of the wrong shape before the method runs", async () => {
  await withServer(async ({ owner, path }) => {
    const client = Deno.createHttpClient({ proxy: { transport: "unix", path } });
    const post = async (name: string, body: string): Promise<unknown> => {
      const response = await fetch(`http://localhost/v1/${name}`, { method: "POST", body, client });
      return (await response.json()).error?.code;
    };
    assert.equal(await post("post", `{"text":5,"attachments":[]}`), "usage");
    assert.equal(await post("post", `{"text":"x","attachments":[{"name":"x"}]}`), "usage");
    assert.equal(await post("post", `{"text":"x","attachments":[],"extra":1}`), "usage");
    assert.equal(await post("timeline", `[1]`), "usage");
    assert.equal(await post("timeline", `{`), "usage");
    assert.equal(await post("toString", `{}`), "usage");
    assert.equal(await post("following", `{"x":"${"x".repeat(300_000)}"}`), "refused");
    assert.deepEqual(owner.asked, []);
    client.close();
  });
});

Deno.test("control socket hands a key bundle over and wipes its own copy", async () => {
  await withServer(async ({ owner, path }) => {
    const backend = await connect(path);
    assert.deepEqual(await backend.unlock(new Uint8Array([1, 2, 3])), ["g1x"]);
    assert.deepEqual(owner.bundle, new Uint8Array([1, 2, 3]));
    assert.ok(owner.wiped?.());
    await backend.close();
  });
});

Deno.test("control socket streams messages until the reader has enough", async () => {
  await withServer(async ({ path }) => {
    const backend = await connect(path);
    const stop = new AbortController();
    const seen: string[] = [];
    for await (const view of backend.watch({ all: true, signal: stop.signal })) {
      seen.push(view.text);
      if (seen.length === 2) stop.abort();
    }
    assert.deepEqual(seen, ["hello", "line\nbreak \u2028"]);
    await backend.close();
  });
});

Deno.test("a stream that can't go on says why", async () => {
  const dir = await Deno.makeTempDir();
  const path = join(dir, "node.sock");
  const server = serveControl(path, new LosingOwner(), SILENT);
  const backend = await connect(path);
  const views = backend.watch({ all: false, signal: new AbortController().signal });
  const seen: string[] = [];
  await assert.rejects(async () => {
    for await (const { text } of views) seen.push(text);
  }, new UserError("locked", "The keys were locked."));
  assert.deepEqual(seen, ["hello"]);
  await backend.close();
  await server.close();
  await Deno.remove(dir, { recursive: true });
});

Deno.test("a node that stops ends open streams", async () => {
  const dir = await Deno.makeTempDir();
  const path = join(dir, "node.sock");
  const server = serveControl(path, new FakeOwner(), SILENT);
  const backend = await connect(path);
  const seen: string[] = [];
  const never = new AbortController();
  for await (const view of backend.watch({ all: true, signal: never.signal })) {
    seen.push(view.text);
    if (seen.length === 2) void server.close();
  }
  assert.equal(seen.length, 2);
  assert.equal(await connectControl(path), undefined);
  await backend.close();
  await Deno.remove(dir, { recursive: true });
});

Deno.test("a node that stops doesn't wait for clients that stand still", async () => {
  const dir = await Deno.makeTempDir();
  const path = join(dir, "node.sock");
  const log: string[] = [];
  const server = serveControl(
    path,
    new EndlessOwner(),
    openLog({ level: "debug", write: (line) => log.push(line) }),
  );
  const starts = {
    "in the head of a request": "POST /v1/foll",
    "in its body": "POST /v1/following HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{",
    "not reading a stream": "GET /v1/watch?all=true HTTP/1.1\r\nHost: x\r\n\r\n",
  };
  const clients: Deno.Conn[] = [];
  for (const start of Object.values(starts)) {
    const client = await Deno.connect({ transport: "unix", path });
    await client.write(new TextEncoder().encode(start));
    clients.push(client);
  }
  // A call that is answered comes after all of that.
  const backend = await connect(path);
  await backend.call("following", {});
  await backend.close();
  const deadline = Promise.withResolvers<"late">();
  const timer = setTimeout(() => deadline.resolve("late"), 10_000);
  assert.notEqual(await Promise.race([server.close(), deadline.promise]), "late");
  clearTimeout(timer);
  for (const client of clients) client.close();
  assert.deepEqual(log, []);
  // The file may stay: a real node can't remove it any more.
  assert.equal(await connectControl(path), undefined);
  await Deno.remove(dir, { recursive: true });
});

Deno.test("a socket that a killed node left behind counts as no node, and is replaced", async () => {
  const dir = await Deno.makeTempDir();
  const path = join(dir, "node.sock");
  // A listener closed without unlinking is what kill -9 leaves.
  const dead = Deno.listen({ transport: "unix", path });
  dead.close();
  Deno.writeTextFileSync(path, "", { create: true });
  assert.equal(await connectControl(path), undefined);
  const server = serveControl(path, new FakeOwner(), SILENT);
  const backend = await connect(path);
  assert.equal((await backend.call("following", {})).length, 1);
  await backend.close();
  await server.close();
  await Deno.remove(dir, { recursive: true });
});

Deno.test("a data folder whose path is too long for a socket is refused with words", () => {
  assert.throws(
    () => controlSocketPath("/tmp/" + "x".repeat(100)),
    (error) => error instanceof UserError && /--data-dir/.test(error.message),
  );
});

Deno.test("the client names the node by address: a name would be looked up, in the open and for seconds", async () => {
  const dir = await Deno.makeTempDir();
  try {
    const path = join(dir, "node.sock");
    const hosts: string[] = [];
    await using _server = Deno.serve({ path, onListen: () => {} }, (request) => {
      hosts.push(new URL(request.url).hostname, request.headers.get("host") ?? "");
      return Response.json({ result: [] });
    });
    const client = await connectControl(path);
    assert(client);
    await client.call("following", {});
    await client.close();
    assert.deepEqual([...new Set(hosts)], ["127.0.0.1"]);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
