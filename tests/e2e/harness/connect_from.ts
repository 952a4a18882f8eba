/** Connections from a chosen address of this machine, which `Deno.connect` doesn't offer. */
import { connect, type Socket } from "node:net";

/** What a test needs of a connection. */
export type PlainConnection = Pick<Deno.Conn, "read" | "write" | "close">;

/** Connects from an address of 127.0.0.0/8: to the node, one host more. */
export async function connectFrom(
  localAddress: string,
  { hostname, port }: { readonly hostname: string; readonly port: number },
): Promise<PlainConnection> {
  const socket = connect({ host: hostname, port, localAddress, noDelay: true });
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", reject);
  });
  return wrap(socket);
}

function wrap(socket: Socket): PlainConnection {
  const chunks: AsyncIterator<Uint8Array> = socket[Symbol.asyncIterator]();
  let rest = new Uint8Array();
  return {
    async read(into): Promise<number | null> {
      if (rest.length === 0) {
        const next = await chunks.next();
        if (next.done) return null;
        rest = Uint8Array.from(next.value);
      }
      const taken = rest.subarray(0, into.length);
      into.set(taken);
      rest = rest.slice(taken.length);
      return taken.length;
    },
    write: (bytes) =>
      new Promise((resolve, reject) => {
        socket.write(bytes, (error) => error ? reject(error) : resolve(bytes.length));
      }),
    close: () => void socket.destroy(),
  };
}
