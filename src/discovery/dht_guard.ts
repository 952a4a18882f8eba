/**
 * Keeps what the DHT library throws from its own timers from ending the node. No packet is known
 * that gets so far: dht_packets.ts stands before it. This is for the one that nobody thought of.
 */

/** The packages that the library consists of, as they stand in the paths of a stack. */
const FRAMES =
  /[/\\](?:bittorrent-dht|k-rpc|k-rpc-socket|k-bucket|record-cache|last-one-wins|lru|bencode|randombytes)[/\\]/;

/** Whether an error was thrown by the library itself: its first frame lies there. */
export function isLibraryError(error: unknown): boolean {
  const stack = error instanceof Error ? error.stack ?? "" : "";
  const first = stack.split("\n").find((line) => /^\s+at /.test(line)) ?? "";
  return FRAMES.test(first) || (isOfRuntime(first) && FRAMES.test(stack));
}

/** Catches such errors, and no others, until the answer is called. */
export function watchLibrary(onTrouble: (error: unknown) => void): () => void {
  const caught = (event: ErrorEvent): void => {
    if (!isLibraryError(event.error)) return;
    event.preventDefault();
    onTrouble(event.error);
  };
  globalThis.addEventListener("error", caught);
  return () => globalThis.removeEventListener("error", caught);
}

/** Thrown by a built-in that the library called with something wrong. */
function isOfRuntime(frame: string): boolean {
  return /\b(?:node|ext):|<anonymous>|\(native/.test(frame);
}
