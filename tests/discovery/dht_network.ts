/** DHT nodes for tests, by the same library as the program's own but without its filter. */
// @ts-types="../../src/discovery/bittorrent_dht.d.ts"
import Dht from "bittorrent-dht";
import { Buffer } from "node:buffer";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { addressOf, type NodeAddress } from "../../src/wire/address.ts";

/** A DHT node that runs. */
export interface DhtNode {
  /** Where it listens. */
  readonly address: NodeAddress;
  /** Its library. */
  readonly dht: Dht;
}

/** Several nodes that know one another. Disposing stops them. */
export interface DhtNetwork extends AsyncDisposable {
  readonly nodes: readonly DhtNode[];
}

/** Starts so many on an address, and waits until each knows some others. */
export async function makeDht(count: number, host = "127.0.0.1"): Promise<DhtNetwork> {
  const nodes: DhtNode[] = [];
  for (let n = 0; n < count; n++) nodes.push(await startNode(host));
  const [first, ...others] = nodes;
  // Each is there once it answered: who looks up without anybody to ask is done at once.
  await Promise.all(others.map(async ({ dht }) => {
    const answered = once(dht, "node");
    dht.addNode(place(first!));
    await answered;
  }));
  // Each looks its own id up, as a node does when it enters.
  await Promise.all(
    nodes.map(({ dht }) => lookUp(dht, crypto.getRandomValues(new Uint8Array(20)))),
  );
  await Promise.all(
    nodes.map(({ dht }) => lookUp(dht, crypto.getRandomValues(new Uint8Array(20)))),
  );
  return {
    nodes,
    [Symbol.asyncDispose]: async () => {
      for (const { dht } of nodes) await new Promise<void>((done) => dht.destroy(done));
    },
  };
}

/** Announces for somebody else: the address is the node's, the port is given. */
export function announce(node: DhtNode, key: Uint8Array, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    node.dht.announce(Buffer.from(key), port, (error) => error ? reject(error) : resolve());
  });
}

/** What a node finds under a key, as `host:port`. */
export async function found({ dht }: DhtNode, key: Uint8Array): Promise<readonly string[]> {
  const peers = new Set<string>();
  const hear = ({ host, port }: { host: string; port: number }): void =>
    void peers.add(`${host}:${port}`);
  dht.on("peer", hear);
  await lookUp(dht, key);
  dht.off("peer", hear);
  return [...peers];
}

async function startNode(host: string): Promise<DhtNode> {
  const socket = createSocket("udp4");
  socket.bind(0, host);
  await once(socket, "listening");
  const dht = new Dht({ bootstrap: false, socket, maxTables: 100, maxPeers: 100, maxValues: 10 });
  const address = addressOf(host, socket.address().port);
  if (address === undefined) throw new Error("No address");
  return { address, dht };
}

function lookUp(dht: Dht, key: Uint8Array): Promise<void> {
  return new Promise((resolve) => void dht.lookup(Buffer.from(key), () => resolve()));
}

function place({ address }: DhtNode): { host: string; port: number } {
  const [host = "", port = ""] = address.split(":");
  return { host, port: Number(port) };
}
