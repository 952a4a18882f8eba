/** What the pure folders may use beyond ECMAScript itself (`deno task check:pure`). */

declare class TextEncoder {
  encode(text?: string): Uint8Array<ArrayBuffer>;
  encodeInto(text: string, target: Uint8Array): { read: number; written: number };
}

declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(bytes?: Uint8Array): string;
}

/** Named by types that pure code shares with the node; pure code itself waits for nothing. */
declare interface AbortSignal {
  readonly aborted: boolean;
}
