/** The signatures of heads: made here, where they are published, and by nobody else. */
import type { OrderedLog } from '@flaghoist/bus';
import { formatHeadLines } from '@flaghoist/protocol/ruleset';
import type { SigningKey } from '@flaghoist/runtime/crypto';
import type { Publication } from './line.ts';
import { type BusHead, checkpointId, messageId } from './message-ids.ts';
import type { PublicationStore } from './store.ts';

/** The block with the signature of its head, which is its first line. `key` null: as it was. */
export function signBlock(key: SigningKey | null, head: string, body: Uint8Array): Uint8Array {
  if (key === null) return body;
  const rest = body.subarray(Buffer.byteLength(head));
  return Buffer.concat([Buffer.from(formatHeadLines(head, key.sign(head))), rest]);
}

/** Environments whose newest head has, or was given, this process's key's signature: given once, or two publishers would take turns. */
export class SignedHeads {
  readonly #environments = new Set<string>();
  #key: SigningKey | null | undefined;

  has(environmentId: string): boolean {
    return this.#environments.has(environmentId);
  }

  add(environmentId: string): void {
    this.#environments.add(environmentId);
  }

  /** Which of `known` have to be taken up anew because the key is another one than when this was last asked. */
  exchanged(key: SigningKey | null, known: Iterable<string>): readonly string[] {
    const before = this.#key;
    this.#key = key;
    if (before === undefined || before === key) return [];
    this.#environments.clear();
    return [...known];
  }
}

/** A key that is new here signs what is published already: without that, whoever trusts no other would wait for a change. */
export async function lacksSignature(
  deps: { readonly log: OrderedLog; readonly store: PublicationStore; readonly signingKey: SigningKey | null },
  environmentId: string,
  at: Publication,
  last: BusHead,
): Promise<boolean> {
  const { log, store, signingKey } = deps;
  if (signingKey === null || last.id === checkpointId(environmentId, at, signingKey.id)) return false;
  if (last.id !== messageId(environmentId, at)) return true;
  const [message] = await log.readAfter(environmentId, last.position - 1, 1);
  const head = await store.readHead(environmentId, at);
  return message === undefined || head === undefined || !isSignedBy(signingKey, head, message.body);
}

/** Whether the head of a block has that key's signature already. */
function isSignedBy(key: SigningKey, head: string, body: Uint8Array): boolean {
  const lines = Buffer.from(`${formatHeadLines(head, key.sign(head))}\n`);
  return lines.equals(body.subarray(0, lines.length));
}
