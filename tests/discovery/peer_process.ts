/** The programs of the discovery tests, each in a network namespace: started, listened to, stopped. */
import assert from "node:assert/strict";
import type { Host } from "../e2e/harness/netns.ts";
import { type Running, startProgram } from "../e2e/harness/process.ts";

/** Waits for what such a program says, and for its end. */
export interface Patience {
  /** Resolves when it has printed a line. */
  heard(running: Running, line: string): Promise<void>;
  /** Stops it, which has to end by itself and without complaint; answers what it said in between. */
  stop(running: Running): Promise<string[]>;
}

/** Waits so long at most, ms. */
export function patience(timeoutMs: number): Patience {
  return {
    heard: async (running, line) => {
      const pick = (one: string): string | undefined => one === line ? one : undefined;
      await running.stdout.find(pick, { what: line, timeoutMs });
    },
    stop: async (running) => {
      running.signal("SIGTERM");
      const { code, stdout, stderr } = await running.end(timeoutMs);
      assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
      const [first, ...lines] = stdout.split("\n");
      assert.deepEqual([first, lines.pop()], ["ready", "stopped"]);
      return lines;
    },
  };
}

/** Starts a script of Deno's in a namespace. */
export async function startScript(host: Host, script: readonly string[]): Promise<Running> {
  const command = [Deno.execPath(), "run", "--quiet", "--no-prompt", "-A", ...script];
  return await startProgram(command, { namespace: host.namespace });
}

/** Runs `ip`, which has to succeed. */
export async function ip(...args: string[]): Promise<void> {
  const { code, stderr } = await (await startProgram(["ip", ...args])).end();
  assert.equal(code, 0, `ip ${args.join(" ")}: ${stderr}`);
}
