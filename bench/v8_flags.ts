/** The flags of V8 with which users start a node: those of the task `node`. */
import config from "../deno.json" with { type: "json" };

/** For the environment of a node that is started without the task. */
export const V8_FLAGS: { readonly DENO_V8_FLAGS: string } = {
  DENO_V8_FLAGS: /--v8-flags=(\S+)/.exec(config.tasks.node.command)?.[1] ?? "",
};
