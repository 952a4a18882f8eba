/** Onion addresses: told, found in locators, and dialled through a proxy only. */
import assert from "node:assert/strict";
import { Machine, text } from "./harness/node.ts";

const ONION = "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion";

/** A SOCKS5 proxy for one onion address, which leads to a port of this machine; it notes what it was asked. */
class OnionProxy implements Disposable {
  readonly asked: string[] = [];
  readonly logins = new Set<string>();
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #open = new Set<Deno.Conn>();
  #target = 0;

  get url(): string {
    return `socks5://127.0.0.1:${this.#listener.addr.port}`;
  }

  serve(target: number): void {
    this.#target = target;
    void this.#accept();
  }

  async #accept(): Promise<void> {
    for await (const connection of this.#listener) {
      this.#open.add(connection);
      void this.#one(connection).catch(() => connection.close()).catch(() => {});
    }
  }

  async #one(connection: Deno.Conn): Promise<void> {
    const read = async (length: number): Promise<Uint8Array> => {
      const bytes = new Uint8Array(length);
      for (let at = 0; at < length;) {
        const count = await connection.read(bytes.subarray(at));
        if (count === null) throw new Error("ended");
        at += count;
      }
      return bytes;
    };
    const [, methods = 0] = await read(2);
    await read(methods);
    // As Tor does: credentials, if there can be any.
    await connection.write(Uint8Array.of(5, 2));
    const [, userLength = 0] = await read(2);
    this.logins.add(new TextDecoder().decode(await read(userLength)));
    await read((await read(1))[0]!);
    await connection.write(Uint8Array.of(1, 0));
    const [, , , type] = await read(4);
    assert.equal(type, 3, "an onion goes as a name");
    this.asked.push(new TextDecoder().decode(await read((await read(1))[0]!)));
    await read(2);
    const far = await Deno.connect({ hostname: "127.0.0.1", port: this.#target });
    this.#open.add(far);
    await connection.write(Uint8Array.of(5, 0, 0, 1, 0, 0, 0, 0, 0, 0));
    const ways = [
      connection.readable.pipeTo(far.writable),
      far.readable.pipeTo(connection.writable),
    ];
    await Promise.allSettled(ways);
  }

  [Symbol.dispose](): void {
    this.#listener.close();
    for (const connection of this.#open) {
      try {
        connection.close();
      } catch {
        // It ended by itself.
      }
    }
  }
}

Deno.test("a node finds another by its onion address, through the proxy alone", async () => {
  using proxy = new OnionProxy();
  await using a = await Machine.make();
  await using b = await Machine.make();
  const nodeA = await a.start(["--address", `${ONION}:14677`]);
  proxy.serve(Number((await nodeA.event("ready"))["port"]));
  const given = text(await a.object(["locator", "--no-identity"]), "locator");
  assert.equal(given, `g:?a=${ONION}:14677&n=main`);

  await b.identity("Ada");
  const nodeB = await b.start(["--unlock", "--eager", "--proxy", proxy.url, "--join", given], {
    unlock: true,
  });
  const post = await b.object(["post", "From nowhere"]);
  await nodeA.event("message", ({ id }) => id === post["id"], { timeoutMs: 60_000 });
  assert.deepEqual([...new Set(proxy.asked)], [ONION]);
  assert.equal(proxy.logins.size, proxy.asked.length, "two connections had the same credentials");
  const [known] = await b.list(["peers"]);
  assert.equal(known?.["address"], `${ONION}:14677`);
  assert.equal((await nodeB.stop()).code, 0);
  assert.equal((await nodeA.stop()).code, 0);
});

Deno.test("without a proxy an onion address is refused in words, and a wrong proxy at the start", async () => {
  await using machine = await Machine.make();
  const node = await machine.start();
  const answer = await machine.run(["join", `g:?a=${ONION}:14677`]);
  assert.equal(answer.code, 2);
  assert.match(answer.stderr, /need a proxy/);
  assert.equal((await node.stop()).code, 0);
  const wrong = await machine.run(["node", "--proxy", "socks5://proxy.example:9050"]);
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /no name is looked up/);
});
