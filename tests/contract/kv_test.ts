/** Runs the contract of the key-value port for each adapter. */
import { openDenoKv } from "../../src/store/kv_deno.ts";
import { openMemoryKv } from "../../src/store/kv_memory.ts";
import { testKv } from "./kv_contract.ts";

testKv("memory", () =>
  Promise.resolve({
    kv: openMemoryKv<Uint8Array>(),
    dispose: () => Promise.resolve(),
  }));

testKv("Deno KV", async () => {
  const dir = await Deno.makeTempDir();
  const kv = await openDenoKv<Uint8Array>(`${dir}/a.kv`);
  return {
    kv,
    dispose: async () => {
      try {
        kv.close();
      } catch {
        // The test closed it already.
      }
      await Deno.remove(dir, { recursive: true });
    },
  };
});
