import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRegexEngine } from '@flaghoist/client/regex';
import { sha256 } from '@flaghoist/runtime/crypto';
import { createLogger } from '@flaghoist/runtime/telemetry';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../../test-support/edge-server.ts';
import { flag, History } from '../../test-support/history.ts';
import { MemoryLog } from '../../test-support/memory-bus.ts';
import { DEFAULT_LIMITS } from '../limits.ts';
import { createTimers, pause } from '../node-timers.ts';
import { BusSource } from './bus-source.ts';
import { Replica } from './replica.ts';
import { RulesetFolder } from './ruleset-folder.ts';
import type { RulesetSource, SourceListener } from './ruleset-source.ts';

const timers = createTimers(Date.now);
let folder: string;
let log: MemoryLog;
let withdraw: (id: string) => void;
/** What the deletion of a copy waits for. */
let mayDelete: Promise<void>;
let replica: Replica;

/** The bus, which names every environment again and again, with somebody who may withdraw one. */
function createSource(): RulesetSource {
  const bus = new BusSource({ log, sha256, timers, pause, limits: DEFAULT_LIMITS });
  return {
    pace: bus.pace,
    start(listener: SourceListener) {
      withdraw = (id) => listener.onWithdrawn(id);
      bus.start(listener);
    },
    stop: () => bus.stop(),
    transport: (id) => bus.transport(id),
    ask: () => bus.ask(),
  };
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flaghoist-forgetting-'));
  log = new MemoryLog();
  mayDelete = Promise.resolve();
  const history = new History('env-1');
  history.change(flag('a'));
  history.publishCheckpoint(log);
  const real = new RulesetFolder(folder);
  replica = new Replica({
    source: createSource(),
    folder: {
      environments: () => real.environments(),
      open: (id) => real.open(id),
      forget: (id) => mayDelete.then(() => real.forget(id)),
    },
    logger: createLogger({ level: 'silent', name: 'replica' }),
    sha256,
    regex: createRegexEngine(),
    timers,
    random: () => 0.5,
    pause,
    limits: DEFAULT_LIMITS,
    onChanged: () => undefined,
  });
});

afterEach(async () => {
  await replica.stop();
  await rm(folder, { recursive: true, force: true });
});

const saved = () =>
  access(join(folder, 'env-1', 'ruleset')).then(
    () => true,
    () => false,
  );
const passes = () => log.reads.filter((read) => read === 'heads').length;

describe('an environment that is granted again while it is being forgotten', () => {
  it('is followed once its old copy is deleted, and keeps its new one', async () => {
    await replica.start();
    await until(saved);
    let release = (): void => undefined;
    mayDelete = new Promise((resolve) => {
      release = resolve;
    });
    withdraw('env-1');
    const before = passes();
    await until(() => passes() > before + 5);
    expect(replica.find('env-1')).toBeUndefined();
    release();
    await until(() => replica.find('env-1') !== undefined);
    await until(saved);
  });

  it('is left alone when the replica stops, which waits for the deletion', async () => {
    await replica.start();
    await until(saved);
    mayDelete = new Promise((resolve) => setTimeout(resolve, 100));
    withdraw('env-1');
    await replica.stop();
    expect(await saved()).toBe(false);
  });
});
