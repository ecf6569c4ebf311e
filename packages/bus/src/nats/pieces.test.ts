import { describe, expect, it } from 'vitest';
import { formatPieces, formatSequences, parsePieces, parseSequences, pieceBytes } from './pieces.ts';

describe('pieces of a body', () => {
  it.each([[[]], [[1]], [[5, 4, 3]], [[1, 2, 3, 40_000_000_000, 7]], [[Number.MAX_SAFE_INTEGER, 1]]])(
    'have sequences %j that are read as they were written',
    (seqs) => {
      expect(parseSequences(formatSequences(seqs))).toEqual(seqs);
      if (seqs.length > 0)
        expect(parsePieces(formatPieces({ sizeBytes: 5_000_000, seqs }))).toEqual({ sizeBytes: 5_000_000, seqs });
    },
  );

  it('are none where nothing is said of them', () => {
    expect(parsePieces('')).toBeNull();
  });

  it('fit, with headers, in what the server takes, and have 256 KiB at most', () => {
    expect(pieceBytes(1 << 20)).toBe(256 << 10);
    expect(pieceBytes(64 << 10)).toBe(48 << 10);
    expect(pieceBytes(0)).toBe(1);
  });
});
