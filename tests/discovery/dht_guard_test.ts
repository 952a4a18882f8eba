import { equal, match } from "node:assert/strict";
// @ts-types="../../src/discovery/bittorrent_dht.d.ts"
import Dht from "bittorrent-dht";
import { Buffer } from "node:buffer";
import { EventEmitter } from "node:events";
import { isLibraryError, watchLibrary } from "../../src/discovery/dht_guard.ts";

/** A socket that takes everything and answers nothing. */
class Deaf extends EventEmitter {
  send(): void {}
  close(): void {}
}

Deno.test("what the library throws from its own timers is caught, what others throw isn't", async () => {
  const options = { bootstrap: false, maxTables: 1, maxPeers: 1, maxValues: 1 } as const;
  const dht = new Dht({ ...options, socket: new Deaf() });
  const caught = Promise.withResolvers<unknown>();
  const unwatch = watchLibrary(caught.resolve);
  try {
    // With nobody to ask it calls back at its next turn; what isn't a function fails there.
    Reflect.apply(dht.lookup, dht, [Buffer.alloc(20), 5]);
    const error = await caught.promise;
    match(error instanceof Error ? error.message : "", /cb is not a function/);
  } finally {
    unwatch();
    dht.destroy();
  }
});

Deno.test("only what was thrown in the library is taken for its own", () => {
  const of = (...frames: string[]): Error => {
    const error = new Error("x");
    error.stack = ["Error: x", ...frames.map((frame) => `    at ${frame}`)].join("\n");
    return error;
  };
  const own = "tick (file:///p/src/node/dht.ts:1:1)";
  const theirs = "f (file:///c/npm/registry.npmjs.org/k-rpc-socket/1.11.1/index.js:1:1)";
  const builtIn = "Buffer.toString (node:buffer:1:1)";
  equal(isLibraryError(of(theirs, own)), true);
  equal(isLibraryError(of(builtIn, theirs)), true);
  // Called by the library, but wrong in the program itself.
  equal(isLibraryError(of(own, theirs)), false);
  equal(isLibraryError(of(builtIn, own)), false);
  equal(isLibraryError("x"), false);
  equal(isLibraryError(of()), false);
});
