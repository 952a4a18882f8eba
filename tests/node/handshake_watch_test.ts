import assert from "node:assert/strict";
import { HandshakeWatch } from "../../src/node/handshake_watch.ts";
import { HandshakeError } from "../../src/node/session.ts";

Deno.test("failed handshakes are told until an exchange is completed", () => {
  const watch = new HandshakeWatch({ closed: true });
  assert.deepEqual(watch.warnings(), []);
  watch.failed(new HandshakeError("refused"), "responder");
  assert.match(watch.warnings()[0] ?? "", / 1 connections .* 0 nodes .* has a network key/);
  watch.failed(new HandshakeError("lost"), "initiator");
  assert.match(watch.warnings()[0] ?? "", / 1 connections .* 1 nodes /);
  watch.completed();
  assert.deepEqual(watch.warnings(), []);
});

Deno.test("strangers who call and send nonsense raise no warning in a node that has peers", () => {
  const watch = new HandshakeWatch({ closed: false });
  watch.completed();
  for (let i = 0; i < 100; i++) watch.failed(new HandshakeError("refused"), "responder");
  assert.deepEqual([watch.warnings(), watch.counts()], [[], { refused: 0, hungUp: 0 }]);
  watch.failed(new HandshakeError("refused"), "initiator");
  assert.match(watch.warnings()[0] ?? "", / 1 connections /);
});

Deno.test("what says nothing about keys is not told", () => {
  const watch = new HandshakeWatch({ closed: false });
  watch.failed(new HandshakeError("timeout"), "initiator");
  watch.failed(new HandshakeError("lost"), "responder");
  watch.failed(new Error("refused"), "initiator");
  assert.deepEqual(watch.warnings(), []);
  watch.failed(new HandshakeError("refused"), "initiator");
  assert.match(watch.warnings()[0] ?? "", /has no network key/);
});
