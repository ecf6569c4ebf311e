/** Bad documents, told by what is found in them. */
import { describe, expect, it } from 'vitest';
import type { Checked } from '../src/model.ts';
import { ADVICE, findings } from './flag-documents.ts';

/** What is bad about a document, the document, and its findings as `path code`. */
export type Bad = readonly [string, unknown, ...string[]];

/** That each document is refused with exactly its findings, in messages of fewer than `most` characters that advise. */
export function describeRefusals(
  title: string,
  bad: readonly Bad[],
  check: (document: unknown) => Checked<unknown>,
  most: number,
): void {
  describe(title, () => {
    it.each(bad)('%s', (_, document, ...expected) => {
      expect(findings(check(document))).toEqual(expected);
    });

    it('in words that say what to do', () => {
      for (const [, document] of bad) {
        const checked = check(document);
        for (const { message } of checked.ok ? [] : checked.problems) {
          expect(message).toMatch(ADVICE);
          expect(message.length).toBeLessThan(most);
        }
      }
    });
  });
}
