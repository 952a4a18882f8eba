/**
 * Shows at the terminal that a node takes in many messages, as it does when it catches up. How many are
 * still to come it doesn't know: peers tell only what they have.
 */
import type { Context } from "./context.ts";
import { type Progress, startProgress } from "./progress.ts";

/** Messages in a row that make a catch-up; fewer come all the time. */
const MANY = 32;
/** Milliseconds without a message after which a row is over. */
const QUIET_MS = 2_000;

/** Watches messages come. */
export class IntakeProgress {
  readonly #context: Context;
  #count = 0;
  #progress: Progress | undefined;
  #quiet: ReturnType<typeof setTimeout> | undefined;

  /** Shows nothing before messages come. */
  constructor(context: Context) {
    this.#context = context;
  }

  /** A message came and was stored. */
  message(): void {
    if (!this.#context.out.progress) return;
    this.#count++;
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => void this.end(), QUIET_MS);
    if (this.#count < MANY) return;
    this.#progress ??= startProgress(this.#context, "Catching up");
    this.#progress.at({ detail: `${this.#count} messages so far` });
  }

  /** The row is over. */
  async end(): Promise<void> {
    clearTimeout(this.#quiet);
    this.#count = 0;
    const progress = this.#progress;
    this.#progress = undefined;
    await progress?.end();
  }
}
