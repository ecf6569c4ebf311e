import { createRegexEngine } from '@flaghoist/client/regex';
import { evaluate } from '@flaghoist/evaluator';
import { sha256 } from '@flaghoist/runtime/crypto';
import { createLogger } from '@flaghoist/runtime/telemetry';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../../test-support/edge-server.ts';
import { entity, flag, History } from '../../test-support/history.ts';
import { MemoryLog } from '../../test-support/memory-bus.ts';
import { DEFAULT_LIMITS } from '../limits.ts';
import { createTimers, pause } from '../node-timers.ts';
import { PatchWindow } from './patch-window.ts';
import { Replica } from './replica.ts';

let log: MemoryLog;
let history: History;
const replicas: Replica[] = [];

async function start(canary: boolean): Promise<Replica> {
  const replica = new Replica({
    log,
    folder: null,
    canary,
    logger: createLogger({ level: 'silent', name: 'replica' }),
    sha256,
    regex: createRegexEngine(),
    timers: createTimers(Date.now),
    random: () => 0.5,
    pause,
    limits: DEFAULT_LIMITS,
    onChanged: () => undefined,
  });
  replicas.push(replica);
  await replica.start();
  return replica;
}

beforeEach(() => {
  log = new MemoryLog();
  history = new History('env-1');
  history.change(flag('a'));
  history.publishCheckpoint(log);
});

afterEach(() => Promise.all(replicas.splice(0).map((replica) => replica.stop())));

const current = (replica: Replica) => replica.find('env-1')?.current;
const answer = (replica: Replica) => evaluate(current(replica)!.ruleset, 'a', {}).value;
const candidateAt = (replica: Replica) => replica.find('env-1')?.cursor?.candidate;
const off = flag('a', { enabled: false });

describe('a candidate on the bus', () => {
  it('is served by a canary edge, at the revision that it is made on, and by no other', async () => {
    const [canary, other] = [await start(true), await start(false)];
    history.tryOut(log, 1, off);
    await until(() => answer(canary) === false);
    expect([candidateAt(canary), current(canary)?.token]).toEqual([1, '1.1']);
    history.publish(log, flag('b'));
    await until(() => current(other)?.token === '1.2');
    expect([answer(other), candidateAt(other)]).toEqual([true, undefined]);
    expect(Array.from(other.followed(), ({ environment }) => environment.id)).toEqual(['env-1']);
  });

  it('is there for a canary edge that starts later too', async () => {
    history.tryOut(log, 1, off);
    const canary = await start(true);
    await until(() => answer(canary) === false);
  });

  it('gives way to the next one, to a newer revision, and to nothing when it is withdrawn', async () => {
    const canary = await start(true);
    history.tryOut(log, 1, off);
    await until(() => candidateAt(canary) === 1);
    history.withdraw(log, 1);
    await until(() => answer(canary) === true && candidateAt(canary) === undefined);
    history.tryOut(log, 2, off);
    await until(() => candidateAt(canary) === 2);
    history.tryOut(log, 3, flag('a', { default: { variant: 'off' } }));
    await until(() => candidateAt(canary) === 3);
    history.publish(log, flag('b'));
    await until(() => current(canary)?.token === '1.2');
    expect([answer(canary), candidateAt(canary)]).toEqual([true, undefined]);
    history.tryOut(log, 4, off);
    await until(() => candidateAt(canary) === 4 && answer(canary) === false);
  });

  it('that is made on another ruleset than is held is not looked at', async () => {
    const canary = await start(true);
    const elsewhere = new History('env-1');
    elsewhere.change(flag('a', { clientVisible: true }));
    elsewhere.tryOut(log, 1, off);
    history.publish(log, flag('b'));
    await until(() => current(canary)?.token === '1.2');
    expect([answer(canary), candidateAt(canary)]).toEqual([true, undefined]);
  });

  it('that cannot be applied is refused and told, and holds up no revision', async () => {
    const canary = await start(true);
    history.tryOut(log, 7, entity('flag', 'a', { key: 'a', type: 'nothing' }));
    const refused = () => [...canary.followed()][0]?.refusedCandidate;
    await until(() => refused()?.number === 7);
    expect(refused()?.problem).toContain('flag');
    expect(answer(canary)).toBe(true);
    await until(() => [...canary.followed()].every(({ fresh }) => fresh));
    history.publish(log, off);
    await until(() => current(canary)?.token === '1.2');
    expect(refused()?.number).toBe(7);
  });
});

describe('a window of patches', () => {
  it('sends whoever is at the revision to the snapshot when a candidate comes, and again when it goes', () => {
    const window = new PatchWindow({ windowPatches: 10, windowBytes: 1_000 });
    const [base, tried] = [
      { epoch: 1, revision: 1 },
      { epoch: 1, revision: 1, candidate: 1 },
    ];
    window.restart(base);
    expect(window.next(base)).toBe('nothing');
    window.restart(tried);
    expect([window.next(base), window.next(tried)]).toEqual(['reset', 'nothing']);
    window.restart(base);
    window.push(Buffer.from('patch'));
    expect(window.next(tried)).toBe('reset');
    expect(window.next(base)).toMatchObject({ cursor: { epoch: 1, revision: 2 } });
  });
});
