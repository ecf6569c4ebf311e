/**
 * Named points of the product's work, on `node:diagnostics_channel`: whoever watches a process can hear that it got there.
 *
 * Nobody listens in a server that is just started, and reaching a point costs a comparison then. A listener runs where the
 * work stands, before the next step of it: fault tests kill and stop the process there.
 */
import { type Channel, channel } from 'node:diagnostics_channel';

/** What a process does between one named point and the next is what a crash there leaves undone. */
export const POINTS = [
  /** All of a write is in its transaction, which is not committed. */
  'write.decided',
  /** The write is committed, and not answered. */
  'write.committed',
  /** A revision passed the gate, and is not on the bus. */
  'publish.judged',
  /** A revision is on the bus, and not remembered as published. */
  'publish.appended',
  /** Revisions are remembered as published. */
  'publish.remembered',
  /** A checkpoint is on the bus, and what it makes superfluous is not trimmed. */
  'publish.checkpointed',
  /** A follower of the bus has a message, and applied nothing of it. */
  'replica.taking',
  /** A message is applied and served, and its place in the stream not noted. */
  'replica.taken',
  /** New content of a file is on the disk under another name. */
  'file.written',
  /** The old content has moved to the older generation, and nothing has the file's name. */
  'file.moved',
  /** The new content has the file's name, and the folder is not synced. */
  'file.renamed',
] as const;

export type PointName = (typeof POINTS)[number];

/** Name of the channel of a point. */
export function channelOf(name: PointName): string {
  return `flaghoist:${name}`;
}

/** Tells whoever listens that a point was reached. */
export function createPoint(name: PointName): () => void {
  const listened: Channel = channel(channelOf(name));
  return () => {
    if (listened.hasSubscribers) listened.publish({ name });
  };
}
