/**
 * Forms that were sent already, so that a second click doesn't say a thing twice, and what is to be
 * told about each post once. In memory only.
 */

/** Forms and posts that are remembered; the oldest goes for a new one. */
const MAX_REMEMBERED = 64;

/** What to tell of one. */
export interface PostNotes {
  /** What was sent as plain text, and why; sentences. */
  readonly markup: readonly string[];
  /** What was taken out of files; sentences. */
  readonly files: readonly string[];
}

/** Of one page. */
export class RecentPosts {
  readonly #forms = new Map<string, Promise<string>>();
  readonly #notes = new Map<string, PostNotes>();

  /**
   * Does what a form asks for, once; a form that failed may be sent again, and one without a name always.
   * Rejects as `post` does.
   */
  once(form: string, post: () => Promise<string>): Promise<string> {
    if (form === "") return post();
    const before = this.#forms.get(form);
    if (before !== undefined) return before;
    const now = post();
    keep(this.#forms, form, now);
    now.catch(() => this.#forms.delete(form));
    return now;
  }

  /** What a form posted; undefined when it isn't known, or not any more. */
  async postedBy(form: string): Promise<string | undefined> {
    return await this.#forms.get(form)?.catch(() => undefined);
  }

  /** Keeps what is to be told of a post. */
  tell(id: string, notes: PostNotes): void {
    keep(this.#notes, id, notes);
  }

  /** What is to be told of a post; the second time nothing. */
  told(id: string): PostNotes | undefined {
    const notes = this.#notes.get(id);
    this.#notes.delete(id);
    return notes;
  }
}

function keep<T>(map: Map<string, T>, key: string, value: T): void {
  const [oldest] = map.keys();
  if (map.size >= MAX_REMEMBERED && oldest !== undefined) map.delete(oldest);
  map.set(key, value);
}
