/** `thread`: a conversation as far as it is here. */
import { type MessageId, parseMessageId } from "../../wire/ids.ts";
import type { Api, GapView, MessageView } from "../api.ts";
import { archivedSince, findAny, readHere } from "./archived.ts";
import type { OwnerContext } from "./context.ts";
import { Names } from "./names.ts";
import { replyTo, viewGap, type ViewOptions, viewStatus } from "./views.ts";

/** Most messages in a thread: what a screen can bear, and a bound on the walk. */
const MAX_THREAD = 500;
/** Most of them above the one that was asked for: a long chain must leave room for the answers. */
const MAX_ABOVE = 100;

/** A message, what it answers and what answers it, each answer below what it answers. */
export async function thread(
  context: OwnerContext,
  params: Api["thread"]["params"],
): Promise<Api["thread"]["result"]> {
  const { hidden = false } = params;
  const start = await findAny(context, params.id);
  const walk = new Walk({ context, names: await Names.of(context), hidden });
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
  /** Answered by more than there was room for. */
  #cutAt: MessageId | undefined;

  constructor(options: Required<ViewOptions>) {
    this.#options = options;
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
      const replies = [...this.#context.store.index.repliesTo(id), ...this.#pendingReplies(id)];
      for (const reply of replies) if (await this.#takeBelow(id, reply)) queue.push(reply);
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
    if (this.found.size >= MAX_THREAD) {
      this.#cutAt ??= parent;
      return false;
    }
    const view = await this.#take(id);
    if (view === undefined) return false;
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

  #pendingReplies(id: MessageId): MessageId[] {
    return this.#context.own.pending()
      .filter(({ body }) => body.kind === "status" && replyTo(body) === id)
      .map((message) => message.id);
  }
}

function isBefore(a: MessageView, b: MessageView): boolean {
  return a.created < b.created || a.created === b.created && a.id < b.id;
}
