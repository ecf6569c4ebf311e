import type { Timers } from '@flaghoist/client';
import { createRegexEngine } from '@flaghoist/client/regex';
import { evaluate } from '@flaghoist/evaluator';
import { formatBlock, formatHead } from '@flaghoist/protocol/ruleset';
import { sha256 } from '@flaghoist/runtime/crypto';
import { createFakeClock } from '@flaghoist/testkit';
import { createLogger } from '@flaghoist/runtime/telemetry';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../../test-support/edge-server.ts';
import { append, flag, History } from '../../test-support/history.ts';
import { MemoryLog } from '../../test-support/memory-bus.ts';
import { DEFAULT_LIMITS } from '../limits.ts';
import { createTimers, pause } from '../node-timers.ts';
import { Replica } from './replica.ts';

let log: MemoryLog;
let history: History;
let clock: number;
let replica: Replica;
let lines: string[];

function create(timers: Timers = createTimers(() => clock)): Replica {
  const destination = { write: (line: string) => void lines.push(line) };
  const logger = createLogger({ level: 'debug', name: 'replica', destination });
  return new Replica({
    log,
    folder: null,
    logger,
    sha256,
    regex: createRegexEngine(),
    timers,
    random: () => 0.5,
    pause,
    limits: DEFAULT_LIMITS,
    onChanged: () => undefined,
  });
}

beforeEach(() => {
  lines = [];
  clock = 1_000_000;
  log = new MemoryLog();
  history = new History('env-1');
  history.change(flag('a'));
  replica = create();
});

afterEach(() => replica.stop());

const served = (id = 'env-1') => replica.find(id)?.current?.token;
const refused = (id = 'env-1') => [...replica.followed()].find(({ environment }) => environment.id === id)?.refused;
const answer = () => evaluate(replica.find('env-1')!.current!.ruleset, 'a', {}).value;

/** A patch that would turn the flag off, spoiled in one way. */
function spoil(how: (patch: string, next: History) => string): void {
  const patch = history.change(flag('a', { enabled: false }));
  append(log, 'env-1', `env-1.${history.cursor}`, how(patch, history), false);
}

function withHead(patch: string, members: object): string {
  const [head = '', ...rest] = patch.split('\n');
  return [formatHead({ ...JSON.parse(head), ...members }), ...rest].join('\n');
}

describe('following', () => {
  it('is ready once every environment on the bus is verified', async () => {
    const other = new History('env-2');
    other.change(flag('b'));
    history.publishCheckpoint(log);
    other.publishCheckpoint(log);
    expect(replica.ready).toBe(false);
    await replica.start();
    expect(replica.ready).toBe(true);
    expect([served('env-1'), served('env-2')]).toEqual(['1.1', '1.1']);
  });

  it('applies patches in order, as soon as they are there', async () => {
    history.publishCheckpoint(log);
    await replica.start();
    for (let i = 0; i < 120; i++) history.publish(log, flag('a', { enabled: i % 2 === 0 }));
    await until(() => served() === '1.121');
    expect(answer()).toBe(false);
    expect(log.reads).not.toContain('after 121');
    expect(log.reads.filter((read) => read === 'checkpoint')).toHaveLength(1);
  });

  it('starts from a checkpoint and the patches behind it', async () => {
    history.publishCheckpoint(log);
    history.publish(log, flag('a', { enabled: false }));
    history.publishCheckpoint(log);
    history.publish(log, flag('b'));
    await replica.start();
    expect(served()).toBe('1.3');
  });

  it('closes a gap with the newest checkpoint', async () => {
    history.publishCheckpoint(log);
    await replica.start();
    history.change(flag('lost'));
    history.publish(log, flag('a', { enabled: false }));
    history.publishCheckpoint(log);
    await until(() => served() === '1.3');
    expect(refused()).toBeNull();
  });

  it('reads a stream that was made anew, and does not go back for it', async () => {
    history.publishCheckpoint(log);
    history.publish(log, flag('a', { enabled: false }));
    await replica.start();
    const old = history.checkpoint();
    history.change(flag('c'));
    log.streams.clear();
    append(log, 'env-1', 'env-1.1.2.checkpoint', old, true);
    await until(() => log.reads.filter((read) => read === 'checkpoint').length > 1);
    expect(served()).toBe('1.2');
    log.streams.clear();
    history.publishCheckpoint(log);
    await until(() => served() === '1.3');
  });

  it('keeps an environment that vanishes from the bus', async () => {
    history.publishCheckpoint(log);
    await replica.start();
    log.streams.clear();
    log.reads.length = 0;
    log.wake();
    await until(() => log.reads.includes('heads'));
    expect([served(), replica.ready]).toEqual(['1.1', true]);
  });

  it('takes a later epoch from its checkpoint and nothing of an earlier one', async () => {
    history.publishCheckpoint(log);
    for (let i = 0; i < 5; i++) history.publish(log, flag('a', { enabled: i % 2 === 0 }));
    await replica.start();
    const restored = new History('env-1');
    restored.epoch = 2;
    restored.change(flag('a', { enabled: false }));
    restored.publishCheckpoint(log);
    await until(() => served() === '2.1');
    history.publish(log, flag('a'));
    history.publishCheckpoint(log);
    restored.publish(log, flag('b'));
    await until(() => served() === '2.2');
    expect(answer()).toBe(false);
  });
});

describe('what cannot be applied', () => {
  const cases: readonly [string, string, (patch: string, next: History) => string][] = [
    ['a changed text', 'hash', (patch) => patch.replace('"enabled":false', '"enabled":true')],
    ['another rules root', 'root', (patch) => withHead(patch, { rules: 'x'.repeat(43) })],
    ['another access root', 'root', (patch) => withHead(patch, { access: 'x'.repeat(43) })],
    ['a broken chain', 'history', (patch) => withHead(patch, { previous: 'x'.repeat(43) })],
    ['a missing revision', 'gap', (patch) => withHead(patch, { revision: 7 })],
    ['a newer engine', 'engine', (patch) => withHead(patch, { engine: 99 })],
    ['another environment', 'environment', (patch) => withHead(patch, { environment: 'env-2' })],
    ['another revision at the same place', 'history', (patch) => withHead(patch, { revision: 1 })],
    ['half a block', 'unreadable', (patch) => patch.slice(0, -5)],
    ['two blocks', 'unreadable', (patch) => patch + patch],
    ['nothing', 'unreadable', () => ''],
    [
      'a flag that does not prepare',
      'entity',
      (_, next) => {
        next.revision--;
        return next.change({ kind: 'flag', key: 'a', json: '{"key":"a"}', sha256: sha256('{"key":"a"}') });
      },
    ],
  ];

  for (const [what, reason, how] of cases)
    it(`is refused, said, and recovered from by a checkpoint: ${what}`, async () => {
      history.publishCheckpoint(log);
      await replica.start();
      const before = history.headText;
      spoil((patch, next) => {
        if (reason === 'entity') next.headText = before;
        return how(patch, next);
      });
      await until(() => refused() !== null);
      expect(refused()).toEqual({ reason, message: expect.any(String) });
      expect([served(), answer(), replica.ready]).toEqual(['1.1', true, true]);
      expect(lines.filter((line) => line.includes('was refused'))).toHaveLength(1);
      history.change(flag('a', { enabled: false }));
      history.publishCheckpoint(log);
      clock += DEFAULT_LIMITS.refusedRetryMs;
      await until(() => served() === history.cursor);
      expect([refused(), answer()]).toEqual([null, false]);
    });

  it('is not asked for again and again', async () => {
    const time = createFakeClock(1_000_000);
    await replica.stop();
    replica = create({ after: (ms, run) => time.setTimeout(run, ms), now: time.now });
    history.publishCheckpoint(log);
    await replica.start();
    spoil((patch) => withHead(patch, { rules: 'x' }));
    await until(() => refused() !== null);
    const before = log.reads.length;
    for (let second = 0; second < 60; second++) {
      const heads = log.reads.length;
      log.wake();
      await until(() => log.reads.slice(heads).includes('heads'));
      await time.advanceAsync(1_000);
    }
    // 250, 250, 500, 1000, 2000, 4000 ms and then every 5 s, of which half is waited.
    const reads = log.reads.slice(before).filter((read) => read !== 'heads').length;
    expect(reads).toBeGreaterThan(20);
    expect(reads).toBeLessThan(45);
  });

  it('keeps only its own environment from becoming ready', async () => {
    const broken = new History('env-2');
    broken.change(flag('b'));
    append(log, 'env-2', 'x', broken.checkpoint().replace('"enabled":true', '"enabled":false'), true);
    history.publishCheckpoint(log);
    await replica.start();
    expect([served('env-1'), served('env-2')]).toEqual(['1.1', undefined]);
    expect(refused('env-2')).toMatchObject({ reason: 'hash' });
    expect(replica.ready).toBe(false);
    broken.publishCheckpoint(log);
    clock += DEFAULT_LIMITS.refusedRetryMs;
    await until(() => replica.ready);
  });

  it('is a stream without a checkpoint too', async () => {
    append(log, 'env-1', 'env-1.1.1', history.checkpoint(), false);
    await replica.start();
    expect(refused()).toMatchObject({ reason: 'checkpoint' });
    expect(replica.ready).toBe(false);
  });

  it('leaves what came before it applied', async () => {
    history.publishCheckpoint(log);
    history.publish(log, flag('a', { enabled: false }));
    spoil((patch) => withHead(patch, { rules: 'x' }));
    await replica.start();
    expect([served(), answer()]).toEqual(['1.2', false]);
    expect(refused()).toMatchObject({ reason: 'root' });
  });
});

describe('a bus that is down', () => {
  it('does not hold up the start: there is nothing to serve, and nothing is ready, until it answers', async () => {
    history.publishCheckpoint(log);
    log.failing = true;
    await replica.start();
    expect([served(), replica.ready]).toEqual([undefined, false]);
    log.failing = false;
    log.wake();
    await until(() => served() === '1.1');
    expect(replica.ready).toBe(true);
  });

  it('does not take away what is here; only its age grows', async () => {
    history.publishCheckpoint(log);
    await replica.start();
    log.failing = true;
    clock += 3_600_000;
    log.wake();
    await until(() => lines.some((line) => line.includes('cannot be read')));
    expect([served(), replica.ready]).toEqual(['1.1', true]);
    const [followed] = replica.followed();
    expect(clock - (followed?.provenAt ?? 0)).toBe(3_600_000);
    log.failing = false;
    await until(() => followed?.provenAt === clock);
  });

  it('that hangs is given up on after its deadline', async () => {
    history.publishCheckpoint(log);
    const heads = log.heads.bind(log);
    let hanging = true;
    log.heads = () => (hanging ? new Promise(() => undefined) : heads());
    const impatient = new Replica({
      log,
      folder: null,
      logger: createLogger({ level: 'silent', name: 'replica' }),
      sha256,
      regex: createRegexEngine(),
      timers: createTimers(() => clock),
      random: () => 0.5,
      pause,
      limits: { ...DEFAULT_LIMITS, busDeadlineMs: 20 },
      onChanged: () => undefined,
    });
    const starting = impatient.start();
    hanging = false;
    await starting;
    expect(impatient.ready).toBe(true);
    await impatient.stop();
  });
});

it('a full block is not needed for a head without changes', async () => {
  history.publishCheckpoint(log);
  await replica.start();
  history.publishPatch(log, formatBlock(history.change().trimEnd(), []));
  await until(() => served() === '1.2');
});
