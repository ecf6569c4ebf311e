import type { Block } from '@flaghoist/protocol/ruleset';
import { flag, gone, PublishedEnvironment, sha256 } from '@flaghoist/testkit/published-environment';
import { describe, expect, it } from 'vitest';
import { VerifiedRuleset } from './verified-ruleset.ts';

function publishing(flags: number): PublishedEnvironment {
  const environment = new PublishedEnvironment();
  environment.publish(Array.from({ length: flags }, (_, i) => flag(`flag-${i}`, 'on')));
  return environment;
}

function following(environment: PublishedEnvironment): VerifiedRuleset {
  const copy = new VerifiedRuleset({ sha256, access: 'opaque', regex: null });
  copy.applyFull(environment.full());
  return copy;
}

const losing = (count: number) => Array.from({ length: count }, (_, i) => gone('flag', `flag-${i}`));
const REFUSED = { ok: false, reason: 'shrink', message: expect.stringMatching(/\d of \d+ flags/) };

describe('a revision that loses flags', () => {
  it.each([
    [10, 2, 'taken'],
    [10, 3, 'refused'],
    [15, 3, 'taken'],
    [15, 4, 'refused'],
    [10, 10, 'refused'],
    [9, 9, 'taken'],
  ])('of %i flags %i is %s, as a patch and as a whole', (flags, lost, fate) => {
    const wanted = fate === 'taken' ? { ok: true } : REFUSED;
    const environment = publishing(flags);
    const [patched, replaced] = [following(environment), following(environment)];
    const patch = environment.publish(losing(lost));
    expect(patched.applyPatch(patch)).toMatchObject(wanted);
    expect(replaced.applyFull(environment.full())).toMatchObject(wanted);
    for (const copy of [patched, replaced]) expect(copy.size).toBe(fate === 'taken' ? flags - lost : flags);
  });

  it('is taken when its head says that somebody confirmed it', () => {
    const environment = publishing(10);
    const [patched, replaced] = [following(environment), following(environment)];
    const patch = environment.publish(losing(10), { confirmations: ['shrink'] });
    expect(patched.applyPatch(patch)).toMatchObject({ ok: true });
    expect(replaced.applyFull(environment.full())).toMatchObject({ ok: true });
    expect([patched.size, replaced.size]).toEqual([0, 0]);
  });

  it('counts what is there now, however it came', () => {
    const environment = publishing(9);
    const copy = following(environment);
    const apply = (block: Block) => copy.applyPatch(block).ok;
    expect(apply(environment.publish([flag('one-more', 'on'), flag('flag-0', 'off')]))).toBe(true);
    const twin = publishing(9);
    twin.publish([flag('one-more', 'on'), flag('flag-0', 'off')]);
    expect(apply(twin.publish(losing(3)))).toBe(false);
    expect(apply(environment.publish([gone('flag', 'one-more'), gone('flag', 'never-there')]))).toBe(true);
    expect(apply(environment.publish(losing(3)))).toBe(true);
  });

  it('is not known for what it is by whoever comes from further back', () => {
    const environment = publishing(10);
    const copy = following(environment);
    environment.publish([flag('flag-9', 'off')]);
    environment.publish(losing(5), { confirmations: ['shrink'] });
    environment.publish([flag('flag-9', 'on')]);
    expect(copy.applyFull(environment.full())).toMatchObject({ ok: true });
    expect(copy.size).toBe(5);
  });

  it('does not hide in a snapshot whose patches lose them', () => {
    const environment = publishing(10);
    const copy = following(environment);
    const full = environment.full();
    const patch = environment.publish(losing(5));
    expect(copy.applyBlocks([full, patch])).toMatchObject(REFUSED);
    expect(copy.size).toBe(10);
  });
});
