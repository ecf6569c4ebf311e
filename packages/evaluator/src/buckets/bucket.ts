/** The bucket of a context, and what it decides. */
import { type Attribute, type Attributes, readAttribute } from '../conditions/attribute.ts';
import { briefly } from '../explanations/briefly.ts';
import { type Bucketer, bucketOf, hashable, launchDarklyShare, saltOf } from './bucketing.ts';
import type { BucketTrace } from '../explanations/explanation.ts';
import type { Moment } from '../model.ts';

/** The text that a context is bucketed by; null when none of the contract's attributes has a value that is hashed. */
export function bucketText(bucketer: Bucketer, attributes: Attributes, moment: Moment | null): string | null {
  const text = hashable(bucketer.algorithm, readAttribute(attributes, bucketer.attribute, moment));
  if (text !== null || bucketer.fallback === null) return text;
  return findAmong(bucketer.fallback, bucketer, attributes, moment)?.text ?? null;
}

/** A text to bucket by, and the attribute it was found in. */
export interface FoundText {
  readonly attribute: Attribute;
  readonly text: string;
}

/** As `bucketText`, with where it was found. */
export function findText(bucketer: Bucketer, attributes: Attributes, moment: Moment | null): FoundText | null {
  return findAmong([bucketer.attribute, ...(bucketer.fallback ?? [])], bucketer, attributes, moment);
}

function findAmong(
  paths: readonly Attribute[],
  bucketer: Bucketer,
  attributes: Attributes,
  moment: Moment | null,
): FoundText | null {
  for (const attribute of paths) {
    const text = hashable(bucketer.algorithm, readAttribute(attributes, attribute, moment));
    if (text !== null) return { attribute, text };
  }
  return null;
}

/** Whether the bucket of a text lies in `from` <= bucket < `to`. */
export function isInRange(bucketer: Bucketer, text: string, from: number, to: number): boolean {
  if (bucketer.algorithm !== 'sha1-launchdarkly') {
    const bucket = bucketOf(bucketer, text);
    return bucket >= from && bucket < to;
  }
  const share = launchDarklyShare(bucketer, text);
  return share >= from / bucketer.precision && share < to / bucketer.precision;
}

/** Which part of a rollout holds the bucket of a text. `ends`: the buckets at which the parts end, ascending. */
export function pickIndex(bucketer: Bucketer, text: string, ends: readonly number[]): number {
  if (bucketer.algorithm === 'sha1-launchdarkly') return pickShare(launchDarklyShare(bucketer, text), bucketer, ends);
  const bucket = bucketOf(bucketer, text);
  let index = 0;
  while (index < ends.length - 1 && bucket >= (ends[index] ?? 0)) index++;
  return index;
}

/** Adds up weights as LaunchDarkly's SDKs do, in doubles: the sums differ from the exact ones in the last bit. */
function pickShare(share: number, { precision }: Bucketer, ends: readonly number[]): number {
  let sum = 0;
  let before = 0;
  for (const [index, end] of ends.entries()) {
    sum += (end - before) / precision;
    if (share < sum) return index;
    before = end;
  }
  return ends.length - 1;
}

function bucketAt(bucketer: Bucketer, text: string): number {
  if (bucketer.algorithm !== 'sha1-launchdarkly') return bucketOf(bucketer, text);
  return Math.min(bucketer.precision - 1, Math.floor(launchDarklyShare(bucketer, text) * bucketer.precision));
}

/** The bucketing contract and what it made of the text that was found in a context. */
export function traceBucket(bucketer: Bucketer, found: FoundText | null): BucketTrace {
  const { algorithm, precision } = bucketer;
  const none = { attribute: null, value: null, bucket: null };
  const hashed =
    found === null
      ? none
      : { attribute: found.attribute.path, value: String(briefly(found.text)), bucket: bucketAt(bucketer, found.text) };
  return { algorithm, salt: saltOf(bucketer), ...hashed, of: precision };
}
