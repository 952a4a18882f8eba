/** Answers of an HTTP server that are under way: control socket and web page wait for them as they close. */

/** The answers; forgotten as they end. */
export class OpenAnswers {
  readonly #open = new Set<Promise<void>>();

  /** One more. `completed` settles when it was sent, or can't be. */
  add(completed: Promise<void>): void {
    const done = completed.catch(() => {}).finally(() => this.#open.delete(done));
    this.#open.add(done);
  }

  /** Resolves when all that are under way now have ended, or after a time. */
  async settled(withinMs: number): Promise<void> {
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, withinMs);
    await Promise.race([Promise.all(this.#open), late.promise]);
    clearTimeout(timer);
  }
}
