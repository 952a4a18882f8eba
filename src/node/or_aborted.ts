/** Waiting for something, or for the end of waiting. */

/** What a promise gives, or `undefined` if the signal aborts first; how the promise ends then is dropped. */
export async function orAborted<T>(
  promise: Promise<T>,
  signal: AbortSignal,
): Promise<T | undefined> {
  const aborted = Promise.withResolvers<undefined>();
  const onAbort = (): void => aborted.resolve(undefined);
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    const first = await Promise.race([promise, aborted.promise]);
    if (first === undefined) promise.catch(() => {});
    return first;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
