/**
 * DHT nodes for the network tests, run in a network namespace as
 * `deno run -A tests/discovery/dht_peer.ts ADDRESS COUNT`: prints where the first listens, then runs
 * until SIGTERM.
 */
import { makeDht } from "./dht_network.ts";

const [host = "", count = ""] = Deno.args;
const network = await makeDht(Number(count), host);
const stop = (): void => {
  Deno.removeSignalListener("SIGTERM", stop);
  void network[Symbol.asyncDispose]();
};
Deno.addSignalListener("SIGTERM", stop);
Deno.stdout.writeSync(new TextEncoder().encode(`${network.nodes[0]?.address}\n`));
