/**
 * Bundles the page's browser code (src/web/client/) into src/web/assets/client.js, which is committed:
 * nobody who runs or compiles the program needs a bundler.
 */
import { fileURLToPath } from "node:url";

const ENTRY = fileURLToPath(new URL("../src/web/client/main.ts", import.meta.url));
const OUTPUT = fileURLToPath(new URL("../src/web/assets/client.js", import.meta.url));

/** What the browser gets. Rejects with what the bundler says. */
export async function bundleClient(): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--minify", "--platform", "browser", ENTRY],
    env: { NO_COLOR: "1" },
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

if (import.meta.main) await Deno.writeTextFile(OUTPUT, await bundleClient());
