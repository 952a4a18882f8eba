/** One task after the other, so that a read and the write that follows from it are not interrupted. */

/** A queue of asynchronous tasks. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs a task when all before it have ended, well or not; answers or throws what it does. */
  run<T>(task: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(task, task);
    this.#last = turn.catch(() => {});
    return turn;
  }

  /** Ends when all tasks so far have ended. */
  async idle(): Promise<void> {
    await this.#last;
  }
}
