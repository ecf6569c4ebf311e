import { describe, expect, it } from 'vitest';
import { chooseHost } from './choose-host.ts';
import type { DatabaseHost } from './database-hosts.ts';
import type { Answer } from './host-probe.ts';
import { findObjection, type Known, learn, learnFromStandby } from './known-server.ts';
import type { ServerFacts } from './server-facts.ts';

const ONE: DatabaseHost = { name: 'one:5432', url: 'postgres://one' };
const TWO: DatabaseHost = { name: 'two:5432', url: 'postgres://two' };
const PRIMARY: ServerFacts = {
  systemId: '7',
  takesWrites: true,
  timeline: 1,
  position: 100n,
  isSynchronous: false,
  startedAt: 'monday',
  epoch: 1,
};
const KNOWN: Known = { systemId: '7', timeline: 1, position: 100n, epoch: 1 };

const says = (host: DatabaseHost, facts: Partial<ServerFacts> = {}): Answer => ({
  host,
  facts: { ...PRIMARY, startedAt: host.name, ...facts },
});
const standby = (host: DatabaseHost, facts: Partial<ServerFacts> = {}) => says(host, { takesWrites: false, ...facts });
const silent = (host: DatabaseHost): Answer => ({ host, facts: null, error: new Error('no answer') });

describe('a server is refused', () => {
  it.each<[string, Partial<ServerFacts>, string | null]>([
    ['never when it goes on', { position: 101n }, null],
    ['never when it was promoted since, wherever its log begins', { timeline: 2, position: 1n }, null],
    ['when its timeline is older', { timeline: 0, position: 500n }, 'an old primary'],
    ['when its log is shorter than it was', { position: 99n }, 'an older copy'],
    ['when it is of another cluster', { systemId: '8', timeline: 5 }, 'another database cluster'],
    ['when it holds an older epoch', { epoch: 0.5, timeline: 9 }, 'gone on in epoch 1'],
    ['never when its epoch was raised', { systemId: '8', timeline: 0, position: 0n, epoch: 2 }, null],
    ['never for an epoch that cannot be seen', { epoch: 0 }, null],
  ])('%s', (_, facts, words) => {
    const objection = findObjection(KNOWN, { ...PRIMARY, ...facts });
    if (words === null) expect(objection).toBeNull();
    else expect(objection).toContain(words);
  });

  it('never by a process that knows nothing yet', () => {
    expect(findObjection(null, PRIMARY)).toBeNull();
    expect(learn(null, PRIMARY)).toEqual(KNOWN);
  });

  it('once a standby has told of a newer timeline', () => {
    const told = learnFromStandby(KNOWN, { ...PRIMARY, takesWrites: false, timeline: 2 });
    expect(findObjection(told, PRIMARY)).toContain('timeline 2 has begun');
    expect(learnFromStandby(KNOWN, { ...PRIMARY, systemId: '8', timeline: 2 })).toBe(KNOWN);
  });
});

describe('of several hosts', () => {
  const chosen = (answers: readonly Answer[], known: Known | null = KNOWN, current: DatabaseHost | null = null) => {
    const { primary, problem } = chooseHost(answers, known, current);
    return { host: primary?.host.name ?? null, problem };
  };

  it('the one that takes writes is chosen, wherever it stands', () => {
    expect(chosen([standby(ONE), says(TWO)])).toEqual({ host: 'two:5432', problem: null });
    expect(chosen([silent(ONE), says(TWO, { timeline: 2 })])).toEqual({ host: 'two:5432', problem: null });
  });

  it('none is, when none takes writes or the only one is old', () => {
    expect(chosen([silent(ONE), standby(TWO)])).toEqual({ host: null, problem: null });
    expect(chosen([says(ONE), standby(TWO, { timeline: 2 })])).toMatchObject({
      host: null,
      problem: expect.stringContaining('old primary'),
    });
  });

  it.each([null, KNOWN])('the newer of two that take writes is, whatever was used before', (known) => {
    const both = [says(ONE, { position: 500n }), says(TWO, { timeline: 2 })];
    for (const current of [null, ONE, TWO])
      expect(chosen(both, known, current)).toMatchObject({
        host: 'two:5432',
        problem: expect.stringContaining('old primary'),
      });
  });

  it('neither of two that are as new is, but the one that is used is kept', () => {
    const both = [says(ONE), says(TWO)];
    expect(chosen(both)).toMatchObject({ host: null, problem: expect.stringContaining('both take writes') });
    expect(chosen(both, KNOWN, TWO)).toMatchObject({
      host: 'two:5432',
      problem: expect.stringContaining('both take writes'),
    });
    const strangers = [says(ONE), says(TWO, { systemId: '8' })];
    expect(chosen(strangers, null)).toMatchObject({
      host: null,
      problem: expect.stringContaining('different database clusters'),
    });
    expect(chosen(strangers)).toMatchObject({
      host: 'one:5432',
      problem: expect.stringContaining('another database cluster'),
    });
  });

  it('two addresses of one server are one', () => {
    const both = [says(ONE, { startedAt: 'monday' }), says(TWO, { startedAt: 'monday' })];
    expect(chosen(both)).toEqual({ host: 'one:5432', problem: null });
    expect(chosen(both, KNOWN, TWO)).toEqual({ host: 'two:5432', problem: null });
  });
});
