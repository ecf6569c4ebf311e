/** Who is in a segment, in plain words. */
import type { Condition } from '@flaghoist/evaluator';
import { conditionText } from './conditions.ts';
import type { SegmentContent } from './segment-draft.ts';

/** Sentences in the order in which they are decided. */
export function segmentSentences({ included, excluded, conditions }: SegmentContent): readonly string[] {
  const sentences: string[] = [];
  if (included.length > 0) sentences.push(`${keysText(included.length)} always in.`);
  if (excluded.length > 0)
    sentences.push(`${keysText(excluded.length)} never in${included.length > 0 ? ', unless also included' : ''}.`);
  const others = sentences.length > 0 ? 'Everybody else is' : 'Somebody is';
  if (conditions.length > 0) sentences.push(`${others} in when ${conditions.map(wordsFor).join(', and ')}.`);
  else if (included.length === 0) return ['Nobody is in it yet: add keys, or a condition.'];
  else sentences.push('Nobody else is in.');
  return sentences;
}

/** A condition that cannot be told is named as such: it may be half written. */
function wordsFor(condition: unknown): string {
  try {
    const text = conditionText(condition as Condition);
    return text.trim() === '' ? 'a condition holds' : text;
  } catch {
    return 'a condition holds';
  }
}

function keysText(count: number): string {
  return count === 1 ? '1 key is' : `${count.toLocaleString('en')} keys are`;
}
