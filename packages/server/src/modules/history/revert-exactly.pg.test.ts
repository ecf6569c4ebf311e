import type { FlagConfigurationEdit, SegmentEdit } from '@flaghoist/protocol/management';
import { createDatabase } from '@flaghoist/testkit/postgres';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createAuthor } from '../../../test-support/author.ts';
import { captureLog } from '../../../test-support/captured-log.ts';
import { DATABASE_KINDS, makePlace, openModules, type OpenPlace } from '../../../test-support/database-place.ts';
import type { Place } from '../../platform/principal.ts';
import { EVERY_RIGHT } from '../../platform/rights.ts';

const FLAGS = ['a', 'b', 'c'];
const SEGMENT = 'beta';

const key = fc.constantFrom('ada', 'bob', 'eve');
const keys = fc.uniqueArray(key, { maxLength: 3 });
const variant = fc.constantFrom('on', 'off');
const serve = fc.oneof(
  variant.map((name) => ({ variant: name })),
  fc
    .record({
      on: fc.integer({ min: 1, max: 9 }),
      bucketing: fc.constantFrom({}, { salt: 'x' }, { attribute: 'plan' }),
    })
    .map(({ on, bucketing }) => ({
      rollout: {
        variants: [
          { variant: 'on', weight: on },
          { variant: 'off', weight: 10 - on },
        ],
        bucketing: { algorithm: 'murmur3/1', ...bucketing },
      },
    })),
);
const condition = fc.constantFrom(
  { attribute: 'plan', operator: 'in', values: ['pro'] },
  { segment: SEGMENT },
  { group: 'none', conditions: [{ attribute: 'country', operator: 'in', values: ['DE'] }] },
);
const rules = fc
  .array(fc.record({ conditions: fc.array(condition, { minLength: 1, maxLength: 2 }), variant }), { maxLength: 3 })
  .map((list) => list.map((one, i) => ({ id: `r${i}`, conditions: one.conditions, serve: { variant: one.variant } })));

const some = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const flagEdit: fc.Arbitrary<FlagConfigurationEdit> = fc
  .record({
    enabled: some(fc.boolean()),
    offVariant: some(fc.option(variant, { nil: null })),
    clientVisible: some(fc.boolean()),
    variants: some(fc.constantFrom({ on: true, off: false }, { off: true, on: false })),
    targets: some(keys.map((list) => (list.length === 0 ? [] : [{ variant: 'on', keys: list }]))),
    rules: some(rules),
    default: some(serve),
  })
  .map((members) => withoutAbsent(members) as FlagConfigurationEdit);
const segmentEdit: fc.Arbitrary<SegmentEdit> = fc
  .record({
    included: some(keys),
    excluded: some(keys),
    conditions: some(fc.constantFrom([], [{ attribute: 'plan', operator: 'in', values: ['pro'] }])),
  })
  .map((members) => withoutAbsent(members) as SegmentEdit);
const step = fc.oneof(
  fc.record({ flag: fc.constantFrom(...FLAGS), set: flagEdit }),
  fc.record({ segment: fc.constant(SEGMENT), set: segmentEdit }),
);

function withoutAbsent(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined));
}

describe.each(DATABASE_KINDS)('reverting over the %s', (kind) => {
  let open: OpenPlace;
  let close: () => Promise<void>;

  beforeAll(async () => {
    const place = await makePlace(kind, () => createDatabase(inject('flaghoistPostgresUrl')));
    open = await openModules(place, captureLog().logger, () => new Date());
    close = async () => {
      await open.database.close();
      await place.remove();
    };
  });
  afterAll(() => close());

  const command = (action: string) => ({
    actor: { id: 'token:x', name: 'x' },
    rights: EVERY_RIGHT,
    action,
    reason: null,
    idempotencyKey: null,
    fingerprint: '',
  });

  /** Kind and key to the exact text, of everything that lives. */
  async function textsOf({ environment }: Place): Promise<ReadonlyMap<string, string | null>> {
    const line = await open.modules.changes.line(environment.id);
    const found = await open.modules.changes.entitiesAt(environment.id, line?.revision ?? 0);
    return new Map(found.map((one) => [`${one.kind}/${one.key}`, one.json]));
  }

  type Step = { readonly flag?: string; readonly segment?: string; readonly set: FlagConfigurationEdit | SegmentEdit };

  /** Edits of different entities in one change; answers it, null when it changed nothing. */
  async function apply(at: Place, steps: readonly Step[]): Promise<string | null> {
    const { changes, flags } = open.modules;
    const edits = [];
    for (const { flag, segment, set } of steps) {
      const newest = await changes.newest(
        at.environment.id,
        flag === undefined ? 'segment' : 'flag',
        flag ?? segment ?? '',
      );
      const name = flag === undefined ? { segment: segment ?? '' } : { flag };
      edits.push({ environment: at.environment.key, ...name, ifMatch: newest?.revision ?? 0, set });
    }
    const { body, headers } = await flags.configurations.apply(command('change.apply'), at.project, edits);
    return headers['flaghoist-revision'] === undefined ? null : (body as { readonly id: string }).id;
  }

  let made = 0;

  async function content(): Promise<Place> {
    const author = createAuthor(open.modules);
    const [at] = await author.project(`shop-${++made}`, ['production']);
    if (at === undefined) throw new Error('no environment was made');
    for (const flag of FLAGS) await author.flag(at, { key: flag, type: 'boolean' });
    await author.segment(at, { key: SEGMENT });
    return at;
  }

  const different = (steps: readonly Step[]) =>
    steps.filter((one, i) => steps.findIndex((other) => nameOf(other) === nameOf(one)) === i);
  const nameOf = ({ flag, segment }: Step) => flag ?? `segment ${segment}`;

  it('restores every byte when nothing happened in between, and its own revert every byte of the change', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 4 }),
        fc.array(step, { minLength: 1, maxLength: 4 }),
        async (first, then) => {
          const usable = (steps: readonly Step[]) => different(steps).filter(({ set }) => Object.keys(set).length > 0);
          const at = await content();
          if (usable(first).length > 0) await apply(at, usable(first));
          const before = await textsOf(at);
          const id = usable(then).length > 0 ? await apply(at, usable(then)) : null;
          if (id === null) return;
          const after = await textsOf(at);
          const revert = (change: string) =>
            open.modules.history.revert(command('change.revert'), at.project, change, {});
          const { body } = await revert(id);
          expect(await textsOf(at)).toEqual(before);
          await revert((body as { readonly id: string }).id);
          expect(await textsOf(at)).toEqual(after);
        },
      ),
      { numRuns: 40 },
    );
  }, 120_000);
});
