import assert from "node:assert/strict";
import type { Api, Method } from "../../src/node/api.ts";
import { AutoLock, LOOK_MS } from "../../src/node/auto_lock.ts";
import { Hub } from "../../src/node/hub.ts";
import { OwnerService } from "../../src/node/owner.ts";
import { testOwner } from "./owner_helpers.ts";

/** Two clocks that are set by hand, and a timer that looks when told to. */
class World {
  wall = 1_000_000;
  count = 0;
  locks = 0;
  look: (() => void) | undefined;

  autoLock(afterMs: number): AutoLock {
    return new AutoLock({
      afterMs,
      clocks: [() => this.wall, () => this.count],
      every: (ms, f) => {
        assert.equal(ms, LOOK_MS);
        this.look = f;
        return () => this.look = undefined;
      },
      lock: () => this.locks++,
    });
  }

  pass(ms: number): void {
    this.wall += ms;
    this.count += ms;
    this.look?.();
  }
}

Deno.test("AutoLock locks after the time without use, and each use begins it anew", () => {
  const world = new World();
  const autoLock = world.autoLock(60_000);
  world.pass(59_999);
  assert.equal(world.locks, 0);
  autoLock.touch();
  world.pass(59_999);
  assert.equal(world.locks, 0);
  world.pass(1);
  assert.equal(world.locks, 1);
  world.pass(59_999);
  assert.equal(world.locks, 1);
  world.pass(1);
  assert.equal(world.locks, 2);
});

Deno.test("AutoLock counts the time that a machine slept, and isn't held up by a clock set back", () => {
  const world = new World();
  world.autoLock(60_000);
  world.wall += 3_600_000;
  world.look?.();
  assert.equal(world.locks, 1, "asleep, only the wall clock went on");
  world.wall -= 86_400_000;
  world.look?.();
  assert.equal(world.locks, 1, "set back is no time passed");
  world.count += 60_000;
  world.look?.();
  assert.equal(world.locks, 2);
});

Deno.test("AutoLock stops", () => {
  const world = new World();
  world.autoLock(60_000).stop();
  assert.equal(world.look, undefined);
});

Deno.test("calls that need the keys count as use, other calls and a watch don't", async () => {
  const owner = await testOwner();
  let used = 0;
  const service = new OwnerService({ ...owner.context, keysUsed: () => used++ }, new Hub());
  const uses = async <M extends Method>(method: M, params: Api[M]["params"]): Promise<number> => {
    const before = used;
    await service.call(method, params);
    return used - before;
  };
  await owner.identity("ann");
  assert.equal(used, 0, "the other service unlocked");
  assert.equal(await uses("status", {}), 0);
  assert.equal(await uses("timeline", { limit: 5, all: true }), 0);
  assert.equal(await uses("peers", {}), 0);
  assert.equal(await uses("timeline", { limit: 5, all: false }), 1);
  assert.equal(await uses("identities", {}), 1);
  assert.equal(await uses("following", {}), 1);
  assert.equal(await uses("post", { text: "hello", attachments: [] }), 1);
  service.watch({ all: false, signal: AbortSignal.abort() });
  assert.equal(used, 4);
  assert.equal(await uses("lock", {}), 0);
  await owner.close();
});
