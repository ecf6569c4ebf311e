import { formatBlock } from '@flaghoist/protocol/ruleset';
import { describe, expect, it } from 'vitest';
import { flag, PublishedEnvironment, sha256 } from '@flaghoist/testkit/published-environment';
import { formatStored, parseStored } from './stored-ruleset.ts';

const environment = new PublishedEnvironment();
environment.publish([flag('checkout', 'on'), flag('search', 'off')]);
const block = environment.full();
const TEXT = formatStored(sha256, block, 1_700_000_000_000);

describe('a stored ruleset', () => {
  it('is a header line and one full block, and is read back as that block', () => {
    const [header = '', ...rest] = TEXT.split('\n');
    const content = formatBlock(block.headText, block.entities);
    expect(rest.join('\n')).toBe(content);
    expect(JSON.parse(header)).toEqual({
      format: 1,
      sha256: sha256(content),
      cursor: '1.1',
      savedAt: 1_700_000_000_000,
    });
    expect(parseStored(sha256, TEXT)).toEqual({ ok: true, blocks: [block] });
  });

  it('may be a snapshot as the native door sends it', () => {
    const patch = environment.publish([flag('search', 'on')]);
    const snapshot = formatBlock(block.headText, block.entities) + formatBlock(patch.headText, patch.entities);
    expect(parseStored(sha256, snapshot)).toEqual({ ok: true, blocks: [block, patch] });
  });

  it('is refused when it is cut anywhere', () => {
    for (let length = 0; length < TEXT.length; length++)
      expect(parseStored(sha256, TEXT.slice(0, length)).ok, `cut to ${length}`).toBe(false);
  });

  it('is refused when any byte of its content is another', () => {
    const start = TEXT.indexOf('\n') + 1;
    for (let at = start; at < TEXT.length; at++) {
      const altered = TEXT.slice(0, at) + String.fromCharCode(TEXT.charCodeAt(at) ^ 1) + TEXT.slice(at + 1);
      expect(parseStored(sha256, altered).ok, `byte ${at}`).toBe(false);
    }
  });

  it('is refused when it is of a format that this build does not read', () => {
    const later = TEXT.replace('"format":1', '"format":2');
    expect(parseStored(sha256, later)).toMatchObject({ ok: false, message: expect.stringContaining('format is 2') });
  });
});
