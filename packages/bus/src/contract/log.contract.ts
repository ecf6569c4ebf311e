import { beforeAll, describe, expect, it } from 'vitest';
import type { AppendResult, OrderedLog } from '../index.ts';
import { type BusInstance, type BusUnderTest, bytes, freshName, megabyte, text } from './bus-under-test.ts';

interface Entry {
  readonly checkpoint?: boolean;
  readonly after?: string | null;
}

function append(log: OrderedLog, stream: string, id: string, entry: Entry = {}): Promise<AppendResult> {
  return log.append({ stream, id, checkpoint: false, body: bytes(`body of ${id}`), ...entry });
}

/** Appends ids in order; an id that begins with C is a checkpoint. */
async function appendAll(log: OrderedLog, stream: string, ids: readonly string[]): Promise<void> {
  for (const id of ids) await append(log, stream, id, { checkpoint: id.startsWith('C') });
}

async function idsOf(messages: ReturnType<OrderedLog['readAfter']>): Promise<string[]> {
  return (await messages).map((message) => message.id);
}

export function describeLog(current: () => BusUnderTest): void {
  describe('append', () => {
    let other: BusInstance;
    beforeAll(async () => {
      other = await current().join({ deaf: false });
    });

    it('gives positions without gap or repetition to 20 concurrent appenders of one stream', async () => {
      const stream = freshName('stream');
      const positions: number[] = [];
      const appender = async (number: number): Promise<void> => {
        const { log } = number % 2 === 0 ? current() : other;
        let last = 0;
        for (let i = 0; i < 5; i += 1) {
          const result = await append(log, stream, `${number}.${i}`);
          if (result.outcome !== 'appended') throw new Error(`Expected an append, got ${result.outcome}.`);
          expect(result.position).toBeGreaterThan(last);
          last = result.position;
          positions.push(last);
        }
      };
      await Promise.all(Array.from({ length: 20 }, (_, number) => appender(number)));
      const expected = Array.from({ length: 100 }, (_, index) => index + 1);
      expect(positions.sort((a, b) => a - b)).toEqual(expected);
      const messages = await other.log.readAfter(stream, 0, 1_000);
      expect(messages.map((message) => message.position)).toEqual(expected);
      expect(new Set(messages.map((message) => message.id)).size).toBe(100);
    });

    it('counts each stream by itself', async () => {
      const [one, two] = [freshName('stream'), freshName('stream')];
      await appendAll(current().log, one, ['a', 'b']);
      expect(await append(current().log, two, 'a')).toEqual({ outcome: 'appended', position: 1 });
      expect(await idsOf(current().log.readAfter(one, 0, 10))).toEqual(['a', 'b']);
      expect(await idsOf(current().log.readAfter(two, 0, 10))).toEqual(['a']);
    });

    it('answers duplicate with the first position to an id that the stream holds, and changes nothing', async () => {
      const stream = freshName('stream');
      await appendAll(current().log, stream, ['a', 'b', 'c']);
      const again = await other.log.append({ stream, id: 'a', checkpoint: true, body: bytes('another body') });
      expect(again).toEqual({ outcome: 'duplicate', position: 1 });
      const messages = await current().log.readAfter(stream, 0, 10);
      expect(messages.map(({ id, checkpoint, body }) => [id, checkpoint, text(body)])).toEqual([
        ['a', false, 'body of a'],
        ['b', false, 'body of b'],
        ['c', false, 'body of c'],
      ]);
    });

    it('recognises a duplicate before it compares the last id', async () => {
      const stream = freshName('stream');
      expect(await append(current().log, stream, 'a', { after: null })).toEqual({ outcome: 'appended', position: 1 });
      await append(current().log, stream, 'b', { after: 'a' });
      expect(await append(current().log, stream, 'a', { after: null })).toEqual({ outcome: 'duplicate', position: 1 });
    });

    it('appends an id once when many append it at the same time', async () => {
      const stream = freshName('stream');
      const results = await Promise.all(
        Array.from({ length: 10 }, (_, index) => append(index % 2 === 0 ? current().log : other.log, stream, 'same')),
      );
      expect(results.filter((result) => result.outcome === 'appended')).toEqual([{ outcome: 'appended', position: 1 }]);
      expect(results.filter((result) => result.outcome === 'duplicate')).toHaveLength(9);
      expect(await idsOf(current().log.readAfter(stream, 0, 10))).toEqual(['same']);
    });

    it('refuses, with the last id, what does not come after it, and changes nothing', async () => {
      const stream = freshName('stream');
      await append(current().log, stream, 'a', { after: null });
      await append(current().log, stream, 'b', { after: 'a' });
      expect(await append(other.log, stream, 'x', { after: 'a' })).toEqual({ outcome: 'refused', last: 'b' });
      expect(await append(other.log, stream, 'x', { after: null })).toEqual({ outcome: 'refused', last: 'b' });
      expect(await idsOf(current().log.readAfter(stream, 0, 10))).toEqual(['a', 'b']);
      expect(await append(other.log, stream, 'c', { after: 'b' })).toEqual({ outcome: 'appended', position: 3 });
    });

    it('refuses to begin an empty stream after an id, and leaves no trace of it', async () => {
      const stream = freshName('stream');
      expect(await append(current().log, stream, 'b', { after: 'a' })).toEqual({ outcome: 'refused', last: null });
      expect((await current().log.heads()).has(stream)).toBe(false);
      expect(await append(current().log, stream, 'a', { after: null })).toEqual({ outcome: 'appended', position: 1 });
    });

    it('lets exactly one of two writers go on from the same last id', async () => {
      const stream = freshName('stream');
      await append(current().log, stream, 'start');
      let last = 'start';
      for (let round = 0; round < 10; round += 1) {
        const results = await Promise.all([
          append(current().log, stream, `one.${round}`, { after: last }),
          append(other.log, stream, `two.${round}`, { after: last }),
        ]);
        const winner = results[0]?.outcome === 'appended' ? `one.${round}` : `two.${round}`;
        expect(results).toContainEqual({ outcome: 'appended', position: round + 2 });
        expect(results).toContainEqual({ outcome: 'refused', last: winner });
        last = winner;
      }
    });
  });

  describeReading(current);
}

function describeReading(current: () => BusUnderTest): void {
  describe('reading the log', () => {
    it('answers at most the limit, in order, from after the position', async () => {
      const { log } = current();
      const stream = freshName('stream');
      await appendAll(log, stream, ['a', 'b', 'c', 'd', 'e']);
      expect(await idsOf(log.readAfter(stream, 0, 2))).toEqual(['a', 'b']);
      expect(await idsOf(log.readAfter(stream, 2, 2))).toEqual(['c', 'd']);
      expect(await idsOf(log.readAfter(stream, 4, 2))).toEqual(['e']);
      expect(await idsOf(log.readAfter(stream, 5, 2))).toEqual([]);
      expect(await idsOf(log.readAfter(freshName('stream'), 0, 2))).toEqual([]);
    });

    it('answers whole messages, as numbers and plain bytes', async () => {
      const { log } = current();
      const stream = freshName('stream');
      await log.append({ stream, id: 'a', checkpoint: true, body: bytes('body of a') });
      const [message] = await log.readAfter(stream, 0, 1);
      expect(message).toStrictEqual({ stream, position: 1, id: 'a', checkpoint: true, body: bytes('body of a') });
    });

    it('begins at the newest checkpoint', async () => {
      const { log } = current();
      const stream = freshName('stream');
      expect(await idsOf(log.readFromCheckpoint(stream))).toEqual([]);
      await appendAll(log, stream, ['a']);
      expect(await idsOf(log.readFromCheckpoint(stream))).toEqual([]);
      await appendAll(log, stream, ['C1', 'b', 'C2']);
      expect(await idsOf(log.readFromCheckpoint(stream))).toEqual(['C2']);
      await appendAll(log, stream, ['c', 'd']);
      expect(await idsOf(log.readFromCheckpoint(stream))).toEqual(['C2', 'c', 'd']);
    });

    it('knows the last position and id of every stream', async () => {
      const { log } = current();
      const [one, two] = [freshName('stream'), freshName('stream')];
      await appendAll(log, one, ['a', 'b', 'c']);
      await appendAll(log, two, ['C1']);
      await append(log, one, 'a');
      const heads = await log.heads();
      expect(heads.get(one)).toEqual({ position: 3, id: 'c' });
      expect(heads.get(two)).toEqual({ position: 1, id: 'C1' });
    });

    it('carries a megabyte and an empty body byte by byte', async () => {
      const { log } = current();
      const stream = freshName('stream');
      await log.append({ stream, id: 'large', checkpoint: true, body: megabyte() });
      await log.append({ stream, id: 'empty', checkpoint: false, body: new Uint8Array(0) });
      const [large, empty] = await (await current().join({ deaf: false })).log.readFromCheckpoint(stream);
      expect(Buffer.compare(large?.body ?? new Uint8Array(0), megabyte())).toBe(0);
      expect(empty?.body).toStrictEqual(new Uint8Array(0));
    });

    it('carries a body that is a view into a larger buffer', async () => {
      const { log } = current();
      const stream = freshName('stream');
      await log.append({ stream, id: 'a', checkpoint: false, body: bytes('[inner]').subarray(1, 6) });
      const [message] = await log.readAfter(stream, 0, 1);
      expect(text(message?.body ?? new Uint8Array(0))).toBe('inner');
    });
  });

  describe('trim', () => {
    it('forgets what is before the newest checkpoint and older than the messages to keep', async () => {
      const { log } = current();
      const stream = freshName('stream');
      await appendAll(log, stream, ['a', 'b', 'C1', 'c', 'd', 'C2', 'e']);
      await log.trim(stream, 4);
      expect(await idsOf(log.readAfter(stream, 0, 10))).toEqual(['c', 'd', 'C2', 'e']);
      await log.trim(stream, 0);
      expect(await idsOf(log.readAfter(stream, 0, 10))).toEqual(['C2', 'e']);
      expect(await idsOf(log.readFromCheckpoint(stream))).toEqual(['C2', 'e']);
    });

    it('forgets nothing of a stream without a checkpoint, or shorter than the messages to keep', async () => {
      const { log } = current();
      const [without, short] = [freshName('stream'), freshName('stream')];
      await appendAll(log, without, ['a', 'b', 'c']);
      await appendAll(log, short, ['a', 'C1']);
      await log.trim(without, 0);
      await log.trim(short, 2);
      await log.trim(freshName('stream'), 0);
      expect(await idsOf(log.readAfter(without, 0, 10))).toEqual(['a', 'b', 'c']);
      expect(await idsOf(log.readAfter(short, 0, 10))).toEqual(['a', 'C1']);
    });

    it('leaves other streams alone, and positions go on', async () => {
      const { log } = current();
      const [trimmed, other] = [freshName('stream'), freshName('stream')];
      await appendAll(log, trimmed, ['a', 'b', 'C1']);
      await appendAll(log, other, ['a', 'b', 'C1']);
      await log.trim(trimmed, 0);
      expect(await idsOf(log.readAfter(other, 0, 10))).toEqual(['a', 'b', 'C1']);
      expect((await log.heads()).get(trimmed)).toEqual({ position: 3, id: 'C1' });
      expect(await append(log, trimmed, 'c', { after: 'C1' })).toEqual({ outcome: 'appended', position: 4 });
    });

    it('lets `after` keep a late repetition of a forgotten id out', async () => {
      const { log } = current();
      const stream = freshName('stream');
      await append(log, stream, 'a', { after: null });
      await append(log, stream, 'b', { after: 'a' });
      await append(log, stream, 'C1', { after: 'b', checkpoint: true });
      await log.trim(stream, 0);
      expect(await append(log, stream, 'b', { after: 'a' })).toEqual({ outcome: 'refused', last: 'C1' });
      expect(await idsOf(log.readAfter(stream, 0, 10))).toEqual(['C1']);
    });
  });
}
