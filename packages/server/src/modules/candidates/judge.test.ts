import { describe, expect, it } from 'vitest';
import { type CanaryEdge, type Evidence, INSTANCE_SILENT_MS, judge, SILENT_MS, TRYING_SILENT_MS } from './judge.ts';

const HOLD = 30;

function edge(said: Partial<CanaryEdge['said']> = {}, silentMs = 1_000): CanaryEdge {
  const all = { number: 3, appliedMs: 40_000, errors: 0, instances: 0, refused: null, ...said };
  return { edge: 'e', host: 'web-7/1', said: all, silentMs, seenAt: '2026-11-22T12:00:00Z' };
}

const judged = (canaries: readonly CanaryEdge[], more: Partial<Evidence> = {}) =>
  judge(3, HOLD, { isCounted: true, ageMs: 60_000, canaries, instances: [], ...more });

describe('a candidate', () => {
  it('is healthy once every live canary edge has answered from it for so long', () => {
    expect(judged([edge(), edge({ appliedMs: 30_000 })]).state).toBe('healthy');
    expect(judged([edge(), edge({ appliedMs: 29_999 })])).toMatchObject({ state: 'waiting', heldMs: 29_999 });
    expect(judged([edge(), edge({ number: 2 })])).toMatchObject({
      state: 'waiting',
      why: '1 of 2 canary edges answer from it.',
    });
  });

  it('is never healthy where nobody has tried it, or nobody knows', () => {
    expect(judged([]).why).toContain('No canary edge is live');
    expect(judged([edge({ number: null, appliedMs: null })]).state).toBe('waiting');
    expect(judged([edge()], { isCounted: false }).state).toBe('waiting');
    // Gone for longer than before the candidate came: another one's death.
    expect(judged([edge({}, 60_000 + SILENT_MS)]).why).toContain('No canary edge is live');
  });

  it('is ill when an edge refuses it, when an evaluation of it ends in an error, and when an edge falls silent', () => {
    const refused = { number: 3, problem: 'flag/a: no' };
    expect(judged([edge(), edge({ number: null, refused })])).toMatchObject({
      state: 'ill',
      why: 'It is not applied at the canary edge web-7/1: flag/a: no',
    });
    expect(judged([edge({ errors: 1 })]).state).toBe('ill');
    expect(judged([edge(), edge({}, SILENT_MS + 1)])).toMatchObject({
      state: 'ill',
      why: expect.stringContaining('20 s'),
    });
    // It died before it could say that it has it.
    expect(judged([edge(), edge({ number: null }, SILENT_MS + 1)]).state).toBe('ill');
  });

  it('is ill when an SDK behind a canary edge falls silent, with it or before it could say that it has it', () => {
    const sdk = (number: number | null, silentMs: number) => ({ host: 'app-1/7', number, silentMs });
    const whole = (one: ReturnType<typeof sdk>, ageMs = 60_000) => judged([edge()], { ageMs, instances: [one] });
    expect(whole(sdk(3, 4_000)).state).toBe('healthy');
    expect(whole(sdk(3, TRYING_SILENT_MS + 1))).toMatchObject({
      state: 'ill',
      why: expect.stringContaining('The SDK app-1/7'),
    });
    // What it said before it fell silent is not health: the hold is as long as everybody was heard of.
    expect(whole(sdk(3, TRYING_SILENT_MS - 1), 55_000)).toMatchObject({ state: 'waiting', heldMs: 25_001 });
    // It spoke last before the candidate came, and would be due by now.
    expect(whole(sdk(null, INSTANCE_SILENT_MS - 1), 40_000)).toMatchObject({
      state: 'waiting',
      why: '1 of 1 SDKs behind them have not been heard of since it came.',
    });
    expect(whole(sdk(null, INSTANCE_SILENT_MS + 1), 40_000).state).toBe('ill');
    // Gone for long when the candidate came: another one's death, or none at all.
    expect(whole(sdk(2, 40_000 + INSTANCE_SILENT_MS), 40_000).state).toBe('healthy');
  });

  it('is not judged by what was said of another one', () => {
    const before = { number: 2, problem: 'flag/a: no' };
    expect(judged([edge({ refused: before })]).state).toBe('healthy');
    expect(judged([edge({ number: 2, errors: 5 })]).state).toBe('waiting');
  });
});
