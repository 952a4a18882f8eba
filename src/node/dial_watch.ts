/** How connections that this node begins fare, for `gossamer doctor`. It tells of kinds only, never of whom. */
import type { ExchangeSummary } from "../gossip/mod.ts";
import type { DialsView } from "./api_diagnosis.ts";
import type { HandshakeWatch } from "./handshake_watch.ts";
import { ProxyError, UnreachedError } from "./socks5.ts";

/** A way to fail. */
export type DialFailure = keyof DialsView["failed"];

/** What it works with. */
export interface DialWatchPorts {
  /** Milliseconds since any fixed moment, by a clock that nobody sets. */
  readonly steady: () => number;
  /** Whether all dials go through a proxy. */
  readonly proxied: boolean;
}

/** Counts dials and remembers when exchanges were last completed. */
export class DialWatch {
  readonly #ports: DialWatchPorts;
  readonly #failed: Record<DialFailure, number> = {
    refused: 0,
    timeout: 0,
    unreachable: 0,
    proxy: 0,
    other: 0,
  };
  #tried = 0;
  #proxyAnswered: number | undefined;
  #proxyError: string | undefined;
  #dialled: number | undefined;
  #cameIn: number | undefined;

  /** Starts with nothing counted. */
  constructor(ports: DialWatchPorts) {
    this.#ports = ports;
  }

  /** Counts a dial by its end, which it passes on. What ends with the node isn't counted. */
  async dial<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
    try {
      const connection = await work;
      this.#tried++;
      this.#proxyDid();
      return connection;
    } catch (error) {
      if (!signal.aborted) this.#count(error);
      throw error;
    }
  }

  /** Takes note of an exchange that ended. */
  ended({ completed, outbound }: Pick<ExchangeSummary, "completed" | "outbound">): void {
    if (!completed) return;
    if (outbound) this.#dialled = this.#ports.steady();
    else this.#cameIn = this.#ports.steady();
  }

  /** As `doctor` is told. */
  view(handshakes: Pick<HandshakeWatch, "counts">): DialsView {
    return {
      tried: this.#tried,
      failed: { ...this.#failed },
      proxyAnswered: this.#secondsSince(this.#proxyAnswered),
      proxyError: this.#proxyError ?? null,
      lastDialled: this.#secondsSince(this.#dialled),
      lastCameIn: this.#secondsSince(this.#cameIn),
      handshakes: handshakes.counts(),
    };
  }

  #count(error: unknown): void {
    this.#tried++;
    const { proxied } = this.#ports;
    const failure = dialFailure(error, { proxied });
    this.#failed[failure]++;
    if (failure === "proxy") {
      this.#proxyError = error instanceof Error ? error.message : "unknown error";
    } else if (error instanceof UnreachedError) this.#proxyDid();
  }

  #proxyDid(): void {
    if (!this.#ports.proxied) return;
    this.#proxyAnswered = this.#ports.steady();
    this.#proxyError = undefined;
  }

  #secondsSince(at: number | undefined): number | null {
    return at === undefined ? null : Math.max(0, Math.floor((this.#ports.steady() - at) / 1_000));
  }
}

/** The kind of a failure. With a proxy the system speaks of the proxy, and the proxy of the node behind it. */
export function dialFailure(
  error: unknown,
  { proxied }: { readonly proxied: boolean },
): DialFailure {
  if (error instanceof UnreachedError) return "unreachable";
  if (error instanceof ProxyError) return "proxy";
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const timeout = code === "ETIMEDOUT" ||
    (error instanceof Error && error.name === "Error" && /took too long/.test(error.message));
  if (timeout) return "timeout";
  if (proxied) return "proxy";
  if (code === "ECONNREFUSED") return "refused";
  return ["ENETUNREACH", "EHOSTUNREACH", "EADDRNOTAVAIL", "ENETDOWN"].includes(`${code}`)
    ? "unreachable"
    : "other";
}
