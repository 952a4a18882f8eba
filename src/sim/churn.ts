/** Nodes that go off and come back: times on and off are exponential, and nodes don't agree on them. */
import type { Scenario } from "./scenario.ts";
import type { VirtualNetwork } from "./virtual_network.ts";
import type { VirtualNode } from "./virtual_node.ts";

/** Takes nodes off the network and brings them back, until told to stop. */
export class Churn {
  readonly #net: VirtualNetwork;
  readonly #onS: number;
  readonly #offS: number;
  readonly #returned: (node: VirtualNode) => void;
  readonly #away = new Set<VirtualNode>();
  #over = false;

  /** `returned` is told of each node before it is back. */
  constructor(net: VirtualNetwork, { scenario, returned }: {
    readonly scenario: Scenario;
    readonly returned: (node: VirtualNode) => void;
  }) {
    const { offline, sessionS } = scenario;
    this.#net = net;
    this.#onS = sessionS;
    this.#offS = sessionS * offline / (1 - offline);
    this.#returned = returned;
  }

  /** Lets these nodes come and go from now on; the right share of them goes at once. */
  begin(nodes: readonly VirtualNode[]): void {
    for (const node of nodes) {
      if (this.#net.rng.next() < this.#offS / (this.#onS + this.#offS)) this.#leave(node);
      else this.#later(this.#onS, () => this.#leave(node));
    }
  }

  /** Everybody comes back now and stays. */
  end(): void {
    this.#over = true;
    for (const node of [...this.#away]) this.#return(node);
  }

  #leave(node: VirtualNode): void {
    this.#away.add(node);
    this.#net.leave(node);
    this.#later(this.#offS, () => this.#return(node));
  }

  #return(node: VirtualNode): void {
    this.#away.delete(node);
    this.#returned(node);
    this.#net.join(node);
    this.#later(this.#onS, () => this.#leave(node));
  }

  #later(meanS: number, action: () => void): void {
    this.#net.after(-Math.log(1 - this.#net.rng.next()) * meanS * 1000, () => {
      if (!this.#over) action();
    });
  }
}
