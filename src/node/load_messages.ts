/** Stored messages as they go out to peers. */
import type { Appended, PublicStore } from "../store/mod.ts";
import type { IdentityKey, MessageId } from "../wire/ids.ts";
import { appendStatements } from "../wire/message.ts";
import type { Public } from "../wire/privacy.ts";
import type { Keeper } from "./keeper.ts";
import type { LoadMessages } from "./link_writer.ts";
import { takesStatements } from "./message_fact.ts";

/** Authors whose statements one connection was told; then it may be told again. */
const TOLD = 4_096;

/** What reading messages takes. */
export interface LoadPorts {
  /** Where they are. */
  readonly store: PublicStore;
  /** Which are not sent on. */
  readonly keeper: Pick<Keeper, "refuses">;
  /** Whether it has to be asked: bodies are only looked into where some are left out. */
  readonly textOnly: boolean;
  /** Statements that go along. */
  readonly appended: Appended;
}

/**
 * Reads them, only whole ones: damaged bytes would cost this node the freshness that peers give it.
 * Statements about an author go along once a connection: with each message of a long catch-up they
 * would be most of what is sent.
 */
export function loadMessages(ports: LoadPorts): LoadMessages {
  const read = ports.textOnly ? readAllowed(ports) : readAll(ports);
  return async (ids, told) => {
    const messages = await read(ids);
    if (ports.store.statements.size === 0) return messages;
    return await Promise.all(messages.map((bytes, i) => {
      const id = ids[i];
      const author = id === undefined ? undefined : untold(ports.store, { id, told });
      return bytes === undefined || author === undefined
        ? bytes
        : withStatements(bytes, { author, ports });
    }));
  };
}

type Read = (ids: readonly MessageId[]) => Promise<readonly (Public<Uint8Array> | undefined)[]>;

function readAll({ store }: LoadPorts): Read {
  return (ids) => store.getBytesBatch(ids);
}

function readAllowed({ store, keeper }: LoadPorts): Read {
  return async (ids) =>
    (await store.getReadableBatch(ids)).map((message) =>
      message === undefined || keeper.refuses(message) ? undefined : message.bytes
    );
}

/** The author of a message, if this connection wasn't told of it yet. */
function untold(
  { index }: PublicStore,
  { id, told }: { readonly id: MessageId; readonly told: Set<IdentityKey> },
): IdentityKey | undefined {
  const meta = index.get(id);
  if (meta === undefined || !takesStatements(meta.type) || told.has(meta.key)) return undefined;
  if (told.size === TOLD) told.clear();
  told.add(meta.key);
  return meta.key;
}

async function withStatements(
  bytes: Public<Uint8Array>,
  { author, ports: { appended } }: { readonly author: IdentityKey; readonly ports: LoadPorts },
): Promise<Public<Uint8Array>> {
  const statements = await appended.of(author);
  return statements.length === 0 ? bytes : appendStatements(bytes, statements);
}
