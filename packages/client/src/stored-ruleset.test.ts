import { type Block, formatBlock } from '@flaghoist/protocol/ruleset';
import { createSha256, flag, PublishedEnvironment, sha256 } from '@flaghoist/testkit/published-environment';
import { describe, expect, it } from 'vitest';
import { placeOf } from './place.ts';
import { formatStored, parseBootstrap, parseStored } from './stored-ruleset.ts';

const environment = new PublishedEnvironment();
environment.publish([flag('checkout', 'on'), flag('sü🙂ch', 'off')]);
const block = environment.full();
const SAVED_AT = 1_700_000_000_000;
const pause = (): Promise<void> => Promise.resolve();

async function store(block: Block): Promise<string> {
  const place = placeOf(block.head, sha256(block.headText));
  return (await formatStored(createSha256(), block, place, SAVED_AT, pause)).join('');
}
const TEXT = await store(block);
const HEADER = TEXT.slice(0, TEXT.indexOf('\n') + 1);

describe('a stored ruleset', () => {
  it('is a header line and one full block, and is read back as that block', () => {
    const content = formatBlock(block.headText, block.entities);
    expect(TEXT).toBe(HEADER + content);
    const place = placeOf(block.head, environment.headHash);
    expect(JSON.parse(HEADER)).toEqual({
      format: 2,
      length: Buffer.byteLength(content),
      sha256: sha256(content + HEADER.trimEnd().replace(/"sha256":"[^"]*"/, '"sha256":""')),
      environment: 'env_1',
      epoch: 1,
      revision: 1,
      cursor: '1.1',
      head: environment.headHash,
      savedAt: SAVED_AT,
    });
    expect(parseStored(sha256, TEXT)).toEqual({ ok: true, blocks: [block], place, savedAt: SAVED_AT });
  });

  it('is formatted with a pause between slices, and is the same whatever their number', async () => {
    const many = new PublishedEnvironment();
    many.publish(Array.from({ length: 1_250 }, (_, i) => flag(`flag-${i}`, 'on')));
    const full = many.full();
    let pauses = 0;
    const chunks = await formatStored(createSha256(), full, placeOf(full.head, many.headHash), 0, () => {
      pauses++;
      return Promise.resolve();
    });
    expect(pauses).toBe(2);
    expect(parseStored(sha256, chunks.join(''))).toMatchObject({ ok: true, blocks: [full] });
  });

  it('is refused when it is cut anywhere', () => {
    for (let length = 0; length < TEXT.length; length++)
      expect(parseStored(sha256, TEXT.slice(0, length)).ok, `cut to ${length}`).toBe(false);
  });

  it('is refused when any bit of any byte is another, and when something follows it', () => {
    const bytes = Buffer.from(TEXT);
    for (let at = 0; at < bytes.length; at++)
      for (let bit = 0; bit < 8; bit++) {
        const altered = Buffer.from(bytes);
        altered[at] = (altered[at] ?? 0) ^ (1 << bit);
        expect(parseStored(sha256, altered.toString()).ok, `bit ${bit} of byte ${at}`).toBe(false);
      }
    expect(parseStored(sha256, `${TEXT}\n`).ok).toBe(false);
  });

  it('is refused when it is of a format that this build does not read', () => {
    const later = TEXT.replace('"format":2', '"format":3');
    expect(parseStored(sha256, later)).toMatchObject({ ok: false, message: expect.stringContaining('format is 3') });
  });

  it('is refused when its header is that of another ruleset, although every hash is right', async () => {
    const other = { ...placeOf(block.head, environment.headHash), revision: 2 };
    const text = (await formatStored(createSha256(), block, other, SAVED_AT, pause)).join('');
    expect(parseStored(sha256, text)).toEqual({ ok: false, message: 'its header is of another ruleset' });
  });
});

describe('a file to begin with', () => {
  it('may be a stored ruleset, or a snapshot as the native door sends it', () => {
    const patch = environment.publish([flag('sü🙂ch', 'on')]);
    const snapshot = formatBlock(block.headText, block.entities) + formatBlock(patch.headText, patch.entities);
    expect(parseBootstrap(sha256, snapshot)).toEqual({ ok: true, blocks: [block, patch] });
    expect(parseBootstrap(sha256, TEXT)).toMatchObject({ ok: true, blocks: [block] });
    expect(parseBootstrap(sha256, 'hello').ok).toBe(false);
    expect(parseBootstrap(sha256, TEXT.replace('"savedAt":1', '"savedAt":2')).ok).toBe(false);
  });
});
