import { checkChunkedKeys } from './check-chunk.ts';
import { checkConditions, createConditionChecks } from './check-condition.ts';
import { checkKey, checkObject, checkTargetingKeys, shape } from './check-json.ts';
import type { Checked, RegexEngine, Segment } from '../model.ts';
import { at, Problems, ROOT } from './problems.ts';

const SEGMENT = shape('a segment', ['key'], ['included', 'excluded', 'includedChunks', 'excludedChunks', 'conditions']);

/**
 * Checks that parsed JSON is a segment, under the same guarantees as `checkFlag`. Segments and chunks it names are not
 * looked up.
 */
export function checkSegment(value: unknown, engine?: RegexEngine): Checked<Segment> {
  const problems = new Problems();
  if (checkObject(value, SEGMENT, ROOT, problems)) {
    const { key, included, excluded, includedChunks, excludedChunks, conditions } = value;
    if (key !== undefined) checkKey(key, 'a segment', at(ROOT, 'key'), problems);
    if (included !== undefined) checkTargetingKeys(included, at(ROOT, 'included'), problems);
    if (excluded !== undefined) checkTargetingKeys(excluded, at(ROOT, 'excluded'), problems);
    if (includedChunks !== undefined) checkChunkedKeys(includedChunks, at(ROOT, 'includedChunks'), problems);
    if (excludedChunks !== undefined) checkChunkedKeys(excludedChunks, at(ROOT, 'excludedChunks'), problems);
    if (conditions !== undefined) {
      checkConditions(conditions, 0, createConditionChecks(engine), at(ROOT, 'conditions'), problems);
    }
  }
  return problems.conclude(value as Segment);
}
