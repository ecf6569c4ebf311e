import { describe, expect, it } from 'vitest';
import { formatRecord, type LogRecord, parseRecord, recordAfter, stored } from './log-record.ts';
import { nameToken } from './names.ts';

/** Appends to nothing: as many messages as there are kinds, stored under every second sequence. */
function chain(checkpoints: readonly boolean[]): LogRecord[] {
  const records: LogRecord[] = [];
  for (const [index, checkpoint] of checkpoints.entries()) {
    const own = {
      stream: 'a.b',
      id: `id ${index}`,
      checkpoint,
      tag: `t${index}`,
      pieces: null,
      data: Buffer.from('x'),
    };
    records.push(stored(recordAfter(records.at(-1) ?? null, own), 10 + index * 2));
  }
  return records;
}

function reread(record: LogRecord): LogRecord | null {
  const headers = formatRecord(record);
  const { seq, data } = record;
  return parseRecord({ subject: `fh.log.life.${nameToken('a.b')}`, seq, header: (name) => headers[name] ?? '', data });
}

describe('a message of the log', () => {
  it('is read from its headers as it was written', () => {
    for (const record of chain([false, true, false, false, true])) expect(reread(record)).toEqual(record);
    const [first] = chain([true]);
    const long = { ...first, pieces: { sizeBytes: 600_000, seqs: [3, 4, 5] } } as LogRecord;
    expect(reread(long)).toEqual(long);
  });

  it('says where the newest checkpoint up to it is', () => {
    expect(chain([false, true, false, true]).map(({ newestCheckpoint }) => newestCheckpoint)).toEqual([
      null,
      { position: 2, seq: 12 },
      { position: 2, seq: 12 },
      { position: 4, seq: 16 },
    ]);
  });

  it('names the 64 messages before it, newest first', () => {
    const records = chain(Array.from({ length: 100 }, () => false));
    const last = records.at(-1);
    expect(last?.position).toBe(100);
    expect(last?.before).toEqual(
      records
        .slice(35, 99)
        .map(({ seq }) => seq)
        .reverse(),
    );
  });

  it.each([{}, { 'Fh-Position': '0', 'Fh-Id': 'a' }, { 'Fh-Position': '1.5', 'Fh-Id': 'a' }, { 'Fh-Position': '1' }])(
    'is none with the headers %j',
    (headers: Readonly<Record<string, string>>) => {
      const header = (name: string): string => headers[name] ?? '';
      expect(parseRecord({ subject: 'fh.log.life.s', seq: 1, header, data: new Uint8Array(0) })).toBeNull();
    },
  );
});
