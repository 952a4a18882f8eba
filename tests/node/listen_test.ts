import assert from "node:assert/strict";
import { listen } from "../../src/node/listen.ts";
import { openLog } from "../../src/node/log_tape.ts";
import type { ListenOptions, Transport } from "../../src/node/transport_port.ts";

Deno.test("who keeps connections from being accepted doesn't fill the log", () => {
  const lines: string[] = [];
  const log = openLog({ level: "warn", write: (line) => lines.push(line) });
  let options: ListenOptions | undefined;
  const transport: Transport = {
    dial: () => assert.fail(),
    listen: (given) => {
      options = given;
      return { port: 1, close: () => Promise.resolve() };
    },
  };
  listen(transport, { bind: [], port: 1, log, onConnection: () => {} });
  for (let i = 0; i < 1_000; i++) options?.onError?.(new Error("Too many open files"));
  assert.equal(lines.length, 1);
});
