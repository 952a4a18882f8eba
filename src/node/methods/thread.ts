/** `thread`: a conversation as far as it is here. */
import { type IdentityKey, type MessageId, parseMessageId } from "../../wire/ids.ts";
import type { Api, GapView, MessageView } from "../api.ts";
import { acquaintances } from "./acquaintance.ts";
import { archivedSince, findAny, readHere } from "./archived.ts";
import type { OwnerContext } from "./context.ts";
import { Names } from "./names.ts";
import { replyTo, viewGap, type ViewOptions, viewStatus } from "./views.ts";

/** Most messages in a thread: what a screen can bear, and a bound on the walk. */
const MAX_THREAD = 500;
/** Most gaps below a message where somebody blocked speaks; they take no room from others. */
const MAX_BLOCKED = 100;
/** Most of them above the one that was asked for: a long chain must leave room for the answers. */
const MAX_ABOVE = 100;

/** A message, what it answers and what answers it, each answer below what it answers. */
export async function thread(
  context: OwnerContext,
  params: Api["thread"]["params"],
): Promise<Api["thread"]["result"]> {
  const { hidden = false } = params;
  const start = await findAny(context, params.id);
  const isKnown = await acquaintances(context);
  const walk = new Walk({ context, names: await Names.of(context), hidden }, isKnown);
  const above = await walk.above(start);
  const root = walk.found.get(start);
  if (root === undefined) return above;
  await walk.below(start);
  await walk.belowFromArchive(start, root.created);
  return [...above, ...walk.inTree(start)];
}

class Walk {
  /** Statuses to be shown. */
  readonly found = new Map<MessageId, MessageView>();
  readonly #answers = new Map<MessageId, MessageView[]>();
  readonly #options: Required<ViewOptions>;
  readonly #isKnown: (key: IdentityKey) => boolean;
  #blocked = 0;
  /** Answered by more than there was room for. */
  #cutAt: MessageId | undefined;

  constructor(options: Required<ViewOptions>, isKnown: (key: IdentityKey) => boolean) {
    this.#options = options;
    this.#isKnown = isKnown;
  }

  /** Takes the message itself and what it answers; answers the latter, the oldest first, behind a gap if it goes on. */
  async above(start: MessageId): Promise<(MessageView | GapView)[]> {
    const above: (MessageView | GapView)[] = [];
    let view = await this.#take(start);
    while (view !== undefined && view.replyTo !== null) {
      const parent = parseMessageId(view.replyTo);
      // No status can name one that names it, but what is stored could be damaged.
      if (parent === undefined || this.found.has(parent)) break;
      if (above.length === MAX_ABOVE) {
        above.unshift({ id: parent, missing: true, why: "more" });
        break;
      }
      view = await this.#take(parent);
      above.unshift(view === undefined ? viewGap(this.#context, parent) : this.#shown(view));
    }
    return above;
  }

  /** Takes what answers a message, and what answers that. */
  async below(from: MessageId): Promise<void> {
    const queue = [from];
    for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
      if (!this.#answers.has(id)) this.#answers.set(id, []);
      for (const reply of this.#repliesTo(id)) {
        if (await this.#takeBelow(id, reply)) queue.push(reply);
      }
      if (this.#cutAt !== undefined) return;
    }
  }

  /** Takes archived answers. One is mostly later than what it answers, so one pass finds the most. */
  async belowFromArchive(start: MessageId, since: number): Promise<void> {
    if (!this.#answers.has(start)) return;
    for await (const { id, body } of archivedSince(this.#context, since)) {
      const parent = body.kind === "status" ? replyTo(body) : undefined;
      if (parent === undefined || !this.#answers.has(parent)) continue;
      if (await this.#takeBelow(parent, id)) await this.below(id);
      if (this.#cutAt !== undefined) return;
    }
  }

  /** A message and all below it: what answers one stands right after it, the oldest first. */
  inTree(start: MessageId): (MessageView | GapView)[] {
    const tree: (MessageView | GapView)[] = [];
    const stack = [start];
    for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
      const view = this.found.get(id);
      if (view !== undefined) tree.push(this.#shown(view));
      const answers = (this.#answers.get(id) ?? []).toSorted((a, b) => isBefore(a, b) ? 1 : -1);
      for (const answer of answers) stack.push(answer.id as MessageId);
    }
    if (this.#cutAt !== undefined) tree.push({ id: this.#cutAt, missing: true, why: "more" });
    return tree;
  }

  async #takeBelow(parent: MessageId, id: MessageId): Promise<boolean> {
    if (this.found.has(id)) return false;
    const isBlocked = this.#isBlocked(id);
    if (isBlocked && this.#blocked >= MAX_BLOCKED) return false;
    if (!isBlocked && this.found.size - this.#blocked >= MAX_THREAD) {
      this.#cutAt ??= parent;
      return false;
    }
    const view = await this.#take(id);
    if (view === undefined) return false;
    if (isBlocked) this.#blocked++;
    this.#answers.get(parent)?.push(view);
    return true;
  }

  async #take(id: MessageId): Promise<MessageView | undefined> {
    const message = await readHere(this.#context, id);
    const view = message && await viewStatus(message, this.#options);
    if (view !== undefined) this.found.set(id, view);
    return view;
  }

  /** What a blocked author said leaves a gap, so that one sees what others answered to. */
  #shown(view: MessageView): MessageView | GapView {
    const { id, blocked, replyTo } = view;
    if (this.#options.hidden || blocked === null) return view;
    return { id, missing: true, why: "blocked", replyTo };
  }

  get #context(): OwnerContext {
    return this.#options.context;
  }

  /** What answers a message: a crowd of strangers must not take the room of those whom the owner knows. */
  #repliesTo(id: MessageId): readonly MessageId[] {
    const { index } = this.#context.store;
    const rank = (reply: MessageId): number => {
      const key = index.get(reply)?.key;
      if (key !== undefined && this.#isKnown(key)) return 0;
      return this.#isBlocked(reply) && index.repliesTo(reply).length === 0 ? 2 : 1;
    };
    const stored = index.repliesTo(id).map((reply) => ({ reply, rank: rank(reply) }));
    stored.sort((a, b) => a.rank - b.rank);
    return [...this.#pendingReplies(id), ...stored.map(({ reply }) => reply)];
  }

  /** Whether a gap stands where a stored message would. */
  #isBlocked(id: MessageId): boolean {
    const { social, store } = this.#context;
    const key = store.index.get(id)?.key;
    return key !== undefined && !this.#options.hidden && social.isBlocked(key);
  }

  #pendingReplies(id: MessageId): MessageId[] {
    return this.#context.own.pending()
      .filter(({ body }) => body.kind === "status" && replyTo(body) === id)
      .map((message) => message.id);
  }
}

function isBefore(a: MessageView, b: MessageView): boolean {
  return a.created < b.created || a.created === b.created && a.id < b.id;
}
