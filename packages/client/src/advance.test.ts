import { flag, PublishedEnvironment, sha256 } from '@flaghoist/testkit/published-environment';
import { describe, expect, it } from 'vitest';
import { advance } from './advance.ts';
import { VerifiedRuleset } from './verified-ruleset.ts';

describe('going on through a snapshot', () => {
  it('tells of each step while the ruleset is as that step has left it', () => {
    const environment = new PublishedEnvironment();
    environment.publish([flag('checkout', 'off')]);
    const ruleset = new VerifiedRuleset({ sha256, access: 'opaque', regex: null });
    ruleset.applyFull(environment.full());
    const first = environment.full();
    environment.publish([flag('checkout', 'on')]);
    environment.publish([flag('banner', 'on')]);
    const told: unknown[] = [];
    const refusal = advance(ruleset, [first, environment.patch(2), environment.patch(3)], {
      mayStop: () => true,
      onStep: ({ blocks }) => told.push([blocks.at(-1)?.head.revision, ruleset.head?.revision, ruleset.size]),
    });
    expect(refusal).toBeNull();
    expect(told).toEqual([
      [2, 2, 1],
      [3, 3, 2],
    ]);
  });

  it('passes over a step at which it may not stop, and stays before it when what follows is refused', () => {
    const environment = new PublishedEnvironment();
    environment.publish([flag('checkout', 'off')]);
    const ruleset = new VerifiedRuleset({ sha256, access: 'opaque', regex: null });
    const first = environment.full();
    ruleset.applyFull(first);
    environment.publish([flag('checkout', 'on')]);
    environment.publish([flag('banner', 'on')]);
    const [second, third] = [environment.patch(2), environment.patch(3)];
    const damaged = { ...third, entities: third.entities.map((entity) => ({ ...entity, json: '{}' })) };
    const told: unknown[] = [];
    const passing = {
      mayStop: ({ revision }: { readonly revision: number }) => revision !== 2,
      onStep: ({ whole }: { readonly whole: boolean }) => told.push([whole, ruleset.head?.revision]),
    };
    expect(advance(ruleset, [first, second, damaged], passing)).toMatchObject({ ok: false, reason: 'hash' });
    expect(ruleset.head?.revision).toBe(1);
    expect(told).toEqual([]);
    expect(advance(ruleset, [first, second, third], passing)).toBeNull();
    expect(told).toEqual([[true, 3]]);
  });
});
