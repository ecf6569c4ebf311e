/** The signatures of heads: made here, where they are published, and by nobody else. */
import { formatHeadLines } from '@flaghoist/protocol/ruleset';
import type { SigningKey } from '@flaghoist/runtime/crypto';

/** The block with the signature of its head, which is its first line. `key` null: as it was. */
export function signBlock(key: SigningKey | null, head: string, body: Uint8Array): Uint8Array {
  if (key === null) return body;
  const rest = body.subarray(Buffer.byteLength(head));
  return Buffer.concat([Buffer.from(formatHeadLines(head, key.sign(head))), rest]);
}

/** Whether the head of a block has that key's signature already. */
export function isSignedBy(key: SigningKey, head: string, body: Uint8Array): boolean {
  const lines = Buffer.from(`${formatHeadLines(head, key.sign(head))}\n`);
  return lines.equals(body.subarray(0, lines.length));
}
