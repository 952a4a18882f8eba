import { deepEqual, equal, match } from "node:assert/strict";
import type { NodeEvent, NodeOptions } from "../../src/node/node_options.ts";
import { UserError } from "../../src/node/user_error.ts";
import { PROTECTION, runIn, type World } from "./fakes.ts";

const EVENTS: NodeEvent[] = [
  { event: "ready", port: 4711, addresses: ["192.0.2.1:4711"] },
  { event: "exchange", direction: "outbound", outcome: "completed", received: 2, delivered: 1 },
  { event: "message", id: "3f9a01c2d4e5".padEnd(64, "0") },
  { event: "stopped" },
];

function emitting(events: readonly NodeEvent[]): World {
  return {
    runNode: (_, { emit }) => {
      for (const event of events) emit(event);
      return Promise.resolve();
    },
  };
}

/** What was said of the web page, by the last call of `optionsOf`. */
let page: unknown;

async function optionsOf(...argv: string[]): Promise<NodeOptions | undefined> {
  let seen: NodeOptions | undefined;
  const outcome = await runIn(
    {
      runNode: ({ web, ...options }) => {
        // How it is loaded is no option.
        const { load: _load, ...wanted } = web ?? { load: undefined };
        seen = options;
        page = wanted;
        return Promise.resolve();
      },
    },
    "node",
    ...argv,
  );
  equal(outcome.code, 0, outcome.stderr);
  return seen;
}

Deno.test("with a proxy the local network and the router are left alone", async () => {
  const url = "socks5://127.0.0.1:9050";
  const options = await optionsOf("--data-dir", "/d", "--proxy", url, "--address", "192.0.2.1:1");
  deepEqual([options?.proxy, options?.addresses], [url, ["192.0.2.1:1"]]);
  deepEqual([options?.lan, options?.mdns, options?.portMapping], [false, false, false]);
});

Deno.test("the DHT is used when it is asked for, and it is said what that tells", async () => {
  deepEqual((await optionsOf("--data-dir", "/d", "--dht"))?.dht, { bootstrap: [] });
  const args = ["--dht", "--dht-bootstrap", "192.0.2.1:6881", "--dht-bootstrap", "a.org"];
  deepEqual((await optionsOf("--data-dir", "/d", ...args))?.dht, {
    bootstrap: ["192.0.2.1:6881", "a.org"],
  });
});

Deno.test("node passes its options on", async () => {
  deepEqual(await optionsOf("--data-dir", "/d"), {
    dataDir: "/d",
    network: "main",
    bind: [],
    join: [],
    lan: true,
    mdns: true,
    portMapping: true,
    eager: false,
    textOnly: false,
    machineWarnings: [],
    protection: PROTECTION,
    logLevel: "warn",
    logFormat: "text",
    journal: false,
  });
  deepEqual(
    await optionsOf(
      ...["--data-dir", "/d", "--network", "test", "--port", "0", "--bind", "127.0.0.1"],
      ...["--bind", "[::1]", "--join", "g:?a=x", "--join", "g:?a=y", "--no-lan", "--no-mdns"],
      ...["--no-port-mapping", "--network-key", "/k", "--eager", "--log", "debug"],
      ...[
        "--log-format",
        "json",
        "--auto-lock",
        "15",
        "--max-storage",
        "1.5GiB",
        "--relay",
        "text",
      ],
    ),
    {
      dataDir: "/d",
      network: "test",
      port: 0,
      bind: ["127.0.0.1", "::1"],
      join: ["g:?a=x", "g:?a=y"],
      lan: false,
      mdns: false,
      portMapping: false,
      networkKeyFile: "/k",
      eager: true,
      maxStorage: { kind: "bytes", bytes: 1.5 * 2 ** 30 },
      textOnly: true,
      autoLockMinutes: 15,
      machineWarnings: [],
      protection: PROTECTION,
      logLevel: "debug",
      logFormat: "json",
      journal: false,
    },
  );
  equal((await optionsOf("--port", "65535"))?.port, 65_535);
  deepEqual(page, {});
  await optionsOf("--web", "8080");
  deepEqual(page, { port: 8_080 });
});

Deno.test("node --max-storage takes bytes in any unit or percent, and says what it can't take", async () => {
  const given = async (text: string): Promise<unknown> =>
    (await optionsOf("--max-storage", text))?.maxStorage;
  deepEqual(await given("2GB"), { kind: "bytes", bytes: 2e9 });
  deepEqual(await given("500 mb"), { kind: "bytes", bytes: 5e8 });
  deepEqual(await given("1000000"), { kind: "bytes", bytes: 1e6 });
  deepEqual(await given("2.5%"), { kind: "percent", percent: 2.5 });
  for (const text of ["", "GB", "-1GB", "2XB", "0", "0%", "101%", "1e9", "99999999TB", "2GB%"]) {
    const { code, stderr } = await runIn(emitting([]), "node", `--max-storage=${text}`);
    equal(code, 2, text);
    match(stderr, /2GB/);
  }
  const { code, stderr } = await runIn(emitting([]), "node", "--relay", "images");
  equal(code, 2);
  match(stderr, /all or text/);
});

Deno.test("node --json prints each event on a line of its own, and nothing else", async () => {
  const { code, stdout } = await runIn(emitting(EVENTS), "node", "--json");
  deepEqual([code, stdout], [0, EVENTS.map((event) => `${JSON.stringify(event)}\n`).join("")]);
});

Deno.test("node says in words that it runs, and more with --log info", async () => {
  const plain = await runIn(emitting(EVENTS), "node");
  equal(plain.stdout, "Listening on port 4711.\n  192.0.2.1:4711\nStopped.\n");
  const info = await runIn(emitting(EVENTS), "node", "--log", "info");
  match(
    info.stdout,
    /Exchange completed \(outbound\): 2 received, 1 delivered\.\nTook in message 3f9a01c2d4\./,
  );
});

Deno.test("node says what it does for others, and what it shows the local network", async () => {
  match(
    (await runIn(emitting(EVENTS), "node")).stderr,
    /carries messages of people.*\nIt announces itself.*\nIt asks the router/,
  );
  equal(
    (await runIn(emitting(EVENTS), "node", "--no-port-mapping")).stderr.includes("router"),
    false,
  );
  equal(
    (await runIn(emitting(EVENTS), "node", "--no-lan", "--no-mdns")).stderr.includes("announces"),
    false,
  );
  equal((await runIn(emitting(EVENTS), "node", "--quiet")).stderr, "");
});

Deno.test("node --unlock gives the passphrase when the node asks, not before", async () => {
  let given = "";
  const world: World = {
    files: { "/p": "right\n" },
    runNode: async ({ unlock }) => {
      const passphrase = await unlock?.() ?? new Uint8Array();
      given = new TextDecoder().decode(passphrase);
      passphrase.fill(0);
    },
  };
  const outcome = await runIn(world, "node", "--unlock", "--passphrase-file", "/p");
  deepEqual([outcome.code, given], [0, "right"]);
  equal(outcome.secrets.every((bytes) => bytes.every((byte) => byte === 0)), true);
  equal((await runIn(world, "node", "--unlock")).code, 3);
  equal((await runIn(world, "node")).code, 0);
});

Deno.test("SIGINT reaches the node as its signal", async () => {
  const stop = new AbortController();
  const world: World = {
    interrupt: stop.signal,
    runNode: async (_, { emit, signal }) => {
      emit({ event: "ready", port: 1, addresses: [] });
      const stopped = new Promise((resolve) => signal.addEventListener("abort", resolve));
      stop.abort();
      await stopped;
      emit({ event: "stopped" });
    },
  };
  const { code, stdout } = await runIn(world, "node", "--json");
  deepEqual([code, stdout], [
    0,
    '{"event":"ready","port":1,"addresses":[]}\n{"event":"stopped"}\n',
  ]);
});

Deno.test("a closed stdout stops the node, quietly", async () => {
  const world: World = {
    onStdout: () => {
      throw new Deno.errors.BrokenPipe();
    },
    runNode: async (_, { emit, signal }) => {
      emit({ event: "ready", port: 1, addresses: [] });
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      emit({ event: "stopped" });
    },
  };
  const { code, stdout } = await runIn(world, "node", "--json");
  deepEqual([code, stdout], [0, ""]);
});

Deno.test("a slow reader of stdout costs exchange lines, never memory nor the last line", async () => {
  const exchange: NodeEvent = EVENTS[1] ?? { event: "stopped" };
  const many = Array.from({ length: 20_000 }, () => exchange);
  const { stdout } = await runIn(emitting([...many, { event: "stopped" }]), "node", "--json");
  const size = stdout.length;
  equal(size > 1_000_000 && size < 1_100_000, true, String(size));
  equal(stdout.endsWith('{"event":"stopped"}\n'), true);
});

Deno.test("a node that can't start exits with what it says, and says nothing else", async () => {
  const world: World = {
    runNode: () => Promise.reject(new UserError("failed", "Another node has this folder.")),
  };
  const { code, stderr } = await runIn(world, "node");
  deepEqual([code, stderr], [1, "gossamer: Another node has this folder.\n"]);
});

Deno.test("a node that starts with locked keys says what waits for them", async () => {
  const saysSo = async (world: World, ...flags: string[]): Promise<boolean> => {
    const { stderr } = await runIn({ ...emitting(EVENTS), ...world }, "node", ...flags);
    return /The keys are locked: what you said .* waits for `gossamer unlock`/.test(stderr);
  };
  deepEqual([await saysSo({}), await saysSo({}, "--unlock"), await saysSo({}, "--quiet")], [
    true,
    false,
    false,
  ]);
  equal(await saysSo({ anyIdentity: false }), false);
});
