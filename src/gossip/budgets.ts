/**
 * What a link may cost us in an hour (docs/PROTOCOL.md section 6, "Defence of a node"): novel
 * messages, addresses, statements, and bytes of reconciliation. Counted by the prefix of the peer,
 * since that is what it can't choose freely, and apart for peers that this node chose to dial and
 * those that came to it: who connects from the prefix of an honest peer must not use up its budget.
 *
 * Nothing here depends on authors, follows or blocks: identities are free, and a refusal that depended
 * on a private list would show it.
 */
import type { NodeAddress } from "../wire/address.ts";
import { prefixOf, scopeOf } from "../wire/address_rules.ts";
import type { UnixMs } from "../wire/time.ts";
import type { GossipConfig } from "./config.ts";
import { TokenBucket } from "./token_bucket.ts";

/** Whether this node chose the peer: by itself, or in its own private range. */
export type LinkClass = "inbound" | "dialled" | "dialled-private";

/** By what a link's budgets are counted. */
export interface BudgetLink {
  /** The peer's prefix; on loopback and private ranges its host. */
  readonly prefix: string;
  /** Who chose whom. */
  readonly class: LinkClass;
}

/** How much of one budget is spent, over all prefixes that have one. */
export interface BudgetLeft {
  /** Prefixes that have nothing left of it. */
  readonly spent: number;
  /** The smallest share that any has left, 0 to 1. */
  readonly least: number;
}

/** What all prefixes may still cost. */
export interface BudgetsLeft {
  /** Prefixes of peers that came to this node. */
  readonly inbound: number;
  /** Of peers that it dialled. */
  readonly dialled: number;
  /** Novel messages. */
  readonly messages: BudgetLeft;
  /** Addresses of candidates. */
  readonly addresses: BudgetLeft;
  /** Novel statements. */
  readonly statements: BudgetLeft;
  /** Bytes of reconciliation. */
  readonly sync: BudgetLeft;
}

/** Budgets of one prefix and class. */
interface Account {
  readonly messages: TokenBucket;
  readonly addresses: TokenBucket;
  readonly statements: TokenBucket;
  readonly sync: TokenBucket;
}

/**
 * Which budgets a peer's link draws on. On loopback the host counts, not the connection as for other
 * limits: connections there are free, and a budget for each would be none.
 */
export function budgetLinkOf(
  remote: NodeAddress,
  { inbound }: { readonly inbound: boolean },
): BudgetLink {
  const scope = scopeOf(remote);
  const elsewhere = scope === "global" || scope === "refused";
  return {
    prefix: prefixOf(remote),
    class: inbound ? "inbound" : elsewhere ? "dialled" : "dialled-private",
  };
}

/** By whom what comes over a link waits for its turn. */
export function payerOf(link: BudgetLink): string {
  return `${link.class} ${link.prefix}`;
}

/** The budgets of all prefixes. */
export class Budgets {
  readonly #config: GossipConfig;
  /** Longest unused first; one table for those who come to us, whom they can't crowd out of the other. */
  readonly #inbound = new Map<string, Account>();
  readonly #dialled = new Map<string, Account>();
  /** Whose was asked for last, mostly that of the next, too: it stands last in its table already. */
  #last: { readonly link: BudgetLink; readonly account: Account } | undefined;

  /** Everybody's budget is whole. */
  constructor(config: GossipConfig) {
    this.#config = config;
  }

  /** Prefixes whose spending is remembered. */
  get size(): number {
    return this.#inbound.size + this.#dialled.size;
  }

  /** Takes the right to bring one novel message. */
  takeMessage(link: BudgetLink, now: UnixMs): boolean {
    return this.#account(link, now).messages.take(1, now);
  }

  /** The message wasn't novel after all. */
  giveBackMessage(link: BudgetLink): void {
    this.#find(link)?.messages.giveBack(1);
  }

  /** Takes the right to name one candidate. */
  takeAddress(link: BudgetLink, now: UnixMs): boolean {
    return this.#account(link, now).addresses.take(1, now);
  }

  /** How many novel statements the link may bring. */
  statementsLeft(link: BudgetLink, now: UnixMs): number {
    return this.#account(link, now).statements.left(now);
  }

  /** Novel statements came. Messages that are checked at a time may bring more than are left: a debt. */
  chargeStatements(
    link: BudgetLink,
    { count, now }: { readonly count: number; readonly now: UnixMs },
  ): void {
    if (count > 0) this.#account(link, now).statements.charge(count, now);
  }

  /**
   * Counts so many bytes of reconciliation that came or left; false when they were more than was left.
   * They count all the same, and are owed first: else each new connection could send some for nothing.
   */
  takeSync(
    link: BudgetLink,
    { bytes, now }: { readonly bytes: number; readonly now: UnixMs },
  ): boolean {
    return this.#account(link, now).sync.charge(bytes, now);
  }

  /** Whether nothing is left for reconciliation, so that none is worth beginning. */
  isSyncSpent(link: BudgetLink, now: UnixMs): boolean {
    return this.#account(link, now).sync.left(now) === 0;
  }

  /** How much is spent, over all prefixes, without naming any. */
  view(now: UnixMs): BudgetsLeft {
    const accounts = [...this.#inbound.values(), ...this.#dialled.values()];
    const left = (budget: keyof Account): BudgetLeft => {
      const shares = accounts.map((account) => account[budget].share(now));
      return {
        spent: shares.filter((share) => share === 0).length,
        least: shares.reduce((least, share) => Math.min(least, share), 1),
      };
    };
    return {
      inbound: this.#inbound.size,
      dialled: this.#dialled.size,
      messages: left("messages"),
      addresses: left("addresses"),
      statements: left("statements"),
      sync: left("sync"),
    };
  }

  /** One that is forgotten was whole, or will be taken for it: nothing to give back. */
  #find(link: BudgetLink): Account | undefined {
    return this.#tableOf(link).get(payerOf(link));
  }

  #tableOf(link: BudgetLink): Map<string, Account> {
    return link.class === "inbound" ? this.#inbound : this.#dialled;
  }

  #account(link: BudgetLink, now: UnixMs): Account {
    if (this.#last?.link === link) return this.#last.account;
    const accounts = this.#tableOf(link);
    const key = payerOf(link);
    const account = accounts.get(key) ?? this.#open(link.class, now);
    // Last again, so that the longest unused stands first.
    accounts.delete(key);
    accounts.set(key, account);
    for (const [unused, other] of accounts) {
      if (accounts.size <= this.#config.maxBuckets && !isWhole(other, now)) break;
      if (unused === key) break;
      accounts.delete(unused);
    }
    this.#last = { link, account };
    return account;
  }

  #open(linkClass: LinkClass, now: UnixMs): Account {
    const { messageBudget, addressBudget, statementBudget, syncBudget } = this.#config.budgets;
    return {
      messages: new TokenBucket(messageBudget, now),
      addresses: new TokenBucket(addressBudget, now),
      statements: new TokenBucket(statementBudget, now),
      sync: new TokenBucket(syncBudget[linkClass], now),
    };
  }
}

/** Whether nothing is spent, so that the account can be forgotten. */
function isWhole(account: Account, now: UnixMs): boolean {
  return Object.values(account).every((bucket) => bucket.full(now));
}
