/** Gives other work its turn. */

/** Resolves in the event loop's next turn, after what waits there was served. */
export function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
