import { describe, expect, it } from 'vitest';
import { findings, many } from '../../test-support/flag-documents.ts';
import { checkChunk } from './check-chunk.ts';
import { checkSegment } from './check-segment.ts';

const hash = (number: number): string => number.toString(16).padStart(16, '0');
const KEY = 'k'.repeat(43);

describe('checkChunk refuses', () => {
  it.each<[string, unknown, ...string[]]>([
    ['null', null, '$ not_an_object'],
    ['a text', hash(1), '$ not_an_object'],
    ['no hashes', {}, '$.hashes missing_member'],
    ['an unknown member', { hashes: '', key: KEY }, '$.key unknown_member'],
    ['a list of hashes', { hashes: [hash(1)] }, '$.hashes not_a_text'],
    ['half a hash', { hashes: hash(1) + hash(2).slice(8) }, '$.hashes bad_hashes'],
    ['capital digits', { hashes: '00000000000000AB' }, '$.hashes bad_hashes'],
    ['other letters', { hashes: '00000000000000zz' }, '$.hashes bad_hashes'],
    ['a line end', { hashes: '000000000000000\n' }, '$.hashes bad_hashes'],
    ['hashes out of order', { hashes: hash(1) + hash(3) + hash(2) }, '$.hashes bad_hashes'],
    ['a hash twice', { hashes: hash(1) + hash(1) }, '$.hashes bad_hashes'],
    ['too many hashes', { hashes: many(32_769, hash).join('') }, '$.hashes too_long'],
  ])('%s', (_, document, ...expected) => {
    expect(findings(checkChunk(document))).toEqual(expected);
  });
});

describe('checkChunk accepts', () => {
  it.each<[string, unknown]>([
    ['no hash', { hashes: '' }],
    ['one hash', { hashes: 'ffffffffffffffff' }],
    ['ascending hashes', { hashes: hash(0) + hash(1) + hash(0xab) }],
    ['as many hashes as allowed', { hashes: many(32_768, hash).join('') }],
  ])('%s', (_, document) => {
    const checked = checkChunk(document);
    expect(findings(checked)).toEqual([]);
    expect(checked.ok && checked.value).toBe(document);
  });
});

describe('keys in chunks are refused:', () => {
  const S = '$.includedChunks';

  it.each<[string, unknown, ...string[]]>([
    ['a list', [], `${S} not_an_object`],
    ['without members', {}, `${S}.bits missing_member`, `${S}.chunks missing_member`],
    ['no bits', { chunks: [null] }, `${S}.bits missing_member`],
    ['no chunks', { bits: 1 }, `${S}.chunks missing_member`],
    ['an unknown member', { bits: 0, chunks: [null], size: 1 }, `${S}.size unknown_member`],
    ['too many bits', { bits: 13, chunks: [] }, `${S}.bits bad_bits`],
    ['half a bit', { bits: 0.5, chunks: [] }, `${S}.bits bad_bits`],
    ['bits below zero', { bits: -1, chunks: [] }, `${S}.bits bad_bits`],
    ['a text as bits', { bits: '1', chunks: [] }, `${S}.bits bad_bits`],
    ['chunks that are no list', { bits: 1, chunks: {} }, `${S}.chunks not_a_list`],
    ['too few places', { bits: 1, chunks: [null] }, `${S}.chunks too_few`],
    ['too many places', { bits: 1, chunks: [null, null, null] }, `${S}.chunks too_many`],
    ['a short chunk key', { bits: 1, chunks: [KEY, 'k'] }, `${S}.chunks[1] bad_chunk_key`],
    ['a chunk key with a space', { bits: 0, chunks: [`${KEY.slice(1)} `] }, `${S}.chunks[0] bad_chunk_key`],
    ['a chunk instead of its key', { bits: 0, chunks: [{ hashes: '' }] }, `${S}.chunks[0] bad_chunk_key`],
  ])('%s', (_, includedChunks, ...expected) => {
    expect(findings(checkSegment({ key: 's', includedChunks }))).toEqual(expected);
  });

  it('among the excluded ones as well', () => {
    const segment = { key: 's', excludedChunks: { bits: 0, chunks: [''] } };
    expect(findings(checkSegment(segment))).toEqual(['$.excludedChunks.chunks[0] bad_chunk_key']);
  });
});

describe('keys in chunks are accepted:', () => {
  it.each<[string, unknown]>([
    ['in one place', { bits: 0, chunks: [KEY] }],
    ['nowhere', { bits: 2, chunks: [null, null, null, null] }],
    ['in as many places as allowed', { bits: 12, chunks: many(4_096, (i) => (i % 2 === 0 ? KEY : null)) }],
  ])('%s', (_, chunks) => {
    expect(findings(checkSegment({ key: 's', includedChunks: chunks, excludedChunks: chunks }))).toEqual([]);
  });
});
