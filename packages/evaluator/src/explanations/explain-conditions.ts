/** The trace of conditions: each looks at the same things, in the same order, as in `audience.ts`. */
import { readAttribute } from '../conditions/attribute.ts';
import { briefly } from './briefly.ts';
import { findText, isInRange, traceBucket } from '../buckets/bucket.ts';
import { isListed, passes, type Voids, voidsOf } from '../conditions/audience.ts';
import type {
  PreparedAttributeCondition,
  PreparedBucketCondition,
  PreparedCondition,
} from '../conditions/condition.ts';
import type { ConditionTrace, SegmentReason } from './explanation.ts';
import type { Scope } from '../scope.ts';
import { preparedSegment } from '../rulesets/segment-entry.ts';
import { lookup } from '../rulesets/table.ts';

interface Traced {
  readonly held: boolean;
  readonly conditions: readonly ConditionTrace[];
}

interface TracedSegment {
  readonly contained: boolean;
  readonly because: SegmentReason;
  readonly conditions: readonly ConditionTrace[];
}

export class ConditionTracer {
  readonly #scope: Scope;
  /** Segments decided on the way: one that many name is traced where it was met first, and its result repeated. */
  readonly #segments = new Map<string, TracedSegment>();

  constructor(scope: Scope) {
    this.#scope = scope;
  }

  /** Up to the first that does not hold. */
  all(conditions: readonly PreparedCondition[], path: string, voids: Voids): Traced {
    return this.#until(false, conditions, path, voids);
  }

  /** Up to the first that comes to `end`; `held` is what the last one came to. */
  #until(end: boolean, conditions: readonly PreparedCondition[], path: string, voids: Voids): Traced {
    const traces: ConditionTrace[] = [];
    for (const [index, condition] of conditions.entries()) {
      const trace = this.#condition(condition, `${path}[${index}]`, voids);
      traces.push(trace);
      if (trace.held === end) return { held: end, conditions: traces };
    }
    return { held: !end, conditions: traces };
  }

  #condition(condition: PreparedCondition, path: string, voids: Voids): ConditionTrace {
    if (condition.kind === 'attribute') return this.#attribute(condition, path);
    if (condition.kind === 'bucket') return this.#bucket(condition, path);
    if (condition.kind === 'segment') {
      const { contained, because, conditions } = this.#segment(condition.segment, voids);
      const { segment, negate } = condition;
      return { condition: 'segment', path, segment, negate, because, conditions, held: contained !== negate };
    }
    const { group } = condition;
    const { held, conditions } = this.#until(group !== 'all', condition.conditions, `${path}.conditions`, voids);
    return { condition: 'group', path, group, conditions, held: group === 'none' ? !held : held };
  }

  #attribute(condition: PreparedAttributeCondition, path: string): ConditionTrace {
    const { attribute, operator, negate } = condition;
    const value = readAttribute(this.#scope.attributes, attribute, this.#scope.moment);
    return {
      condition: 'attribute',
      path,
      attribute: attribute.path,
      operator,
      negate,
      ...(value === undefined ? {} : { value: briefly(value) }),
      held: passes(condition, value) !== negate,
    };
  }

  #bucket({ bucketer, from, to, negate }: PreparedBucketCondition, path: string): ConditionTrace {
    const found = findText(bucketer, this.#scope.attributes, this.#scope.moment);
    const inside = found !== null && isInRange(bucketer, found.text, from, to);
    const bucket = traceBucket(bucketer, found);
    return { condition: 'bucket', path, negate, bucket, from, to, held: inside !== negate };
  }

  #segment(key: string, voids: Voids): TracedSegment {
    if (voids?.has(key) === true) return { contained: false, because: 'leads-back', conditions: [] };
    const before = this.#segments.get(key);
    if (before !== undefined) return { ...before, conditions: [] };
    const traced = this.#decide(key);
    this.#segments.set(key, traced);
    return traced;
  }

  #decide(key: string): TracedSegment {
    const { content } = this.#scope;
    const entry = lookup(content.segments, key);
    if (entry === undefined) return { contained: false, because: 'unknown-segment', conditions: [] };
    const segment = preparedSegment(entry, content.regex);
    const listed = isListed(segment, this.#scope);
    if (listed !== null) return { contained: listed, because: listed ? 'included' : 'excluded', conditions: [] };
    if (segment.conditions.length === 0) return { contained: false, because: 'not-included', conditions: [] };
    const { held, conditions } = this.all(segment.conditions, '$.conditions', voidsOf(key, this.#scope));
    return { contained: held, because: 'conditions', conditions };
  }
}
