/**
 * A machine of the network tests, run in a network namespace as
 * `deno run -A tests/discovery/beacon_peer.ts ROLE TCP_PORT`.
 *
 * node      announces and listens by the real socket, twenty times as fast as a real node; prints
 *           "ready", then each candidate on a line. SIGTERM stops it: then "stopped" is printed,
 *           and the process ends by itself, if the beacons held on to nothing.
 * garbage   prints "ready" and goes on sending what nobody should be disturbed by.
 */
import {
  openUdpBeacon,
  realTime,
  Registry,
  startBeacons,
  type Time,
} from "../../src/discovery/mod.ts";
import { beaconTag, encodeBeacon } from "../../src/wire/beacon.ts";
import { labelsOf, MAIN_NETWORK } from "../../src/wire/labels.ts";
import { asPublic } from "../../src/wire/privacy.ts";

const SPEED = 20;
const fast: Time = {
  now: () => realTime.now() * SPEED,
  after: (ms, call) => realTime.after(ms / SPEED, call),
};

const tag = beaconTag({ labels: labelsOf(MAIN_NETWORK), networkKey: undefined });
const [role, tcpPort] = Deno.args;
if (role === "node") node(Number(tcpPort));
else await garbage();

function node(tcpPort: number): void {
  const instance = random(8);
  const service = startBeacons({
    port: openUdpBeacon(),
    ...{ tag, tcpPort, instance },
    registry: new Registry({ self: instance }),
    time: fast,
    random: Math.random,
    onCandidate: print,
  });
  const stop = (): void => {
    Deno.removeSignalListener("SIGTERM", stop);
    service.stop().then(() => print("stopped"));
  };
  Deno.addSignalListener("SIGTERM", stop);
  print("ready");
}

async function garbage(): Promise<void> {
  const port = openUdpBeacon();
  print("ready");
  for (let n = 0;; n++) {
    await port.send(asPublic(random(n % 1_400)));
    await port.send(encodeBeacon({ port: 80, instance: random(8) }, tag));
    await port.send(encodeBeacon({ port: 2_000, instance: random(8) }, random(8)));
    await port.send(encodeBeacon({ port: 2_000 + n % 60_000, instance: random(8) }, tag));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

function random(length: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(length));
}

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}
