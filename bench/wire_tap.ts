/** A stretch of wire on loopback that counts what goes over it. */

/** Forwards connections to a port, both ways. */
export class WireTap implements AsyncDisposable {
  /** The port to connect to. */
  readonly port: number;
  /** Bytes so far, both directions. */
  bytes = 0;
  readonly #listener: Deno.TcpListener;
  readonly #open = new Set<Deno.TcpConn>();
  readonly #running: Promise<void>;

  /** Forwards to a port of this machine. */
  constructor(to: number) {
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.port = this.#listener.addr.port;
    this.#running = this.#accept(to);
  }

  /** Cuts everything off. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const connection of this.#open) connection.close();
    await this.#running;
  }

  async #accept(port: number): Promise<void> {
    try {
      for await (const near of this.#listener) {
        const far = await Deno.connect({ hostname: "127.0.0.1", port });
        for (const connection of [near, far]) {
          connection.setNoDelay(true);
          this.#open.add(connection);
        }
        void this.#forward(near, far);
        void this.#forward(far, near);
      }
    } catch (error) {
      if (!(error instanceof Deno.errors.BadResource)) throw error;
    }
  }

  async #forward(from: Deno.TcpConn, to: Deno.TcpConn): Promise<void> {
    const buffer = new Uint8Array(65_536);
    try {
      for (let n = await from.read(buffer); n !== null; n = await from.read(buffer)) {
        this.bytes += n;
        for (let rest = buffer.subarray(0, n); rest.length > 0;) {
          rest = rest.subarray(await to.write(rest));
        }
      }
      await to.closeWrite();
    } catch {
      // Either end closed it, or the bench is over.
    }
  }
}
