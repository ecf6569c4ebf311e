import {
  type Aggregate,
  EDGE_EVERY_MS,
  type FollowingReceipt,
  INSTANCE_LIVES_MS,
  parseAggregate,
  type ServingAggregate,
} from '@flaghoist/protocol/exposures';
import { NATIVE_PATHS } from '@flaghoist/protocol/ruleset';
import { createLogger } from '@flaghoist/runtime/telemetry';
import { afterEach, describe, expect, it } from 'vitest';
import { EdgeServer, until } from '../../test-support/edge-server.ts';
import { flag, History, mintKey } from '../../test-support/history.ts';
import { MemoryQueue } from '../../test-support/memory-bus.ts';
import { type HeldEnvironment, Receipts } from './receipts.ts';

const read = (queue: MemoryQueue): readonly ServingAggregate[] =>
  queue.receipts.map(({ body }) => parseAggregate(Buffer.from(body).toString()) as ServingAggregate);

const following = (instance: string, revision: number): FollowingReceipt => ({
  instance,
  sdk: 'test/1',
  host: 'here/1',
  state: 'following',
  place: [1, revision],
  applied: [],
  ageMs: 0,
  problem: null,
});

describe('aggregates of receipts', () => {
  function scene(limits = { receiptInstances: 100, pushDeadlineMs: 1_000 }) {
    const queue = new MemoryQueue();
    let held: HeldEnvironment[] = [
      { id: 'env_a', place: [1, 1], candidate: null, refusedCandidate: null, confirmed: true, ageMs: 5, problem: null },
    ];
    let elapsed = 0;
    let failing = 0;
    const receipts = new Receipts({
      queue: {
        push: (name, items) =>
          failing-- > 0 ? Promise.reject(new Error('The queue is down.')) : queue.push(name, items),
      },
      logger: createLogger({ level: 'silent', name: 'edge' }),
      instance: 'edge-of-16-chars',
      version: '1.2.3',
      host: 'here/1',
      elapsed: () => elapsed,
      held: () => held,
      errorsOf: () => 0,
      limits,
    });
    const flushAt = async (ms: number): Promise<void> => {
      elapsed = ms;
      await receipts.flush();
    };
    return {
      queue,
      receipts,
      flushAt,
      fail: (times: number) => {
        failing = times;
      },
      hold: (next: HeldEnvironment[]) => {
        held = next;
      },
    };
  }

  it('are sent when something is different, and otherwise every 15 s', async () => {
    const { queue, receipts, flushAt, hold } = scene();
    await flushAt(0);
    expect(read(queue)).toMatchObject([
      { environment: 'env_a', sequence: 1, place: [1, 1], version: '1.2.3', counts: [] },
    ]);
    await flushAt(1_000);
    expect(queue.receipts).toHaveLength(1);
    receipts.take('env_a', { ...following('instance-0000000001', 1), state: 'following', place: [1, 1] });
    await flushAt(2_000);
    await flushAt(3_000);
    expect(read(queue).at(-1)).toMatchObject({ sequence: 2, counts: [[1, 1, 1]] });
    hold([
      {
        id: 'env_a',
        place: [1, 1],
        candidate: null,
        refusedCandidate: null,
        confirmed: true,
        ageMs: 5,
        problem: 'flag/x: no',
      },
    ]);
    await flushAt(4_000);
    expect(read(queue).at(-1)).toMatchObject({ sequence: 3, problem: 'flag/x: no' });
    await flushAt(4_000 + EDGE_EVERY_MS - 1);
    expect(queue.receipts).toHaveLength(3);
    await flushAt(4_000 + EDGE_EVERY_MS);
    expect(queue.receipts).toHaveLength(4);
  });

  it('that the bus does not take are made again as things are by then, with waits', async () => {
    const { queue, receipts, flushAt, fail } = scene();
    fail(1);
    receipts.take('env_a', { ...following('instance-0000000001', 1), state: 'following', place: [1, 1] });
    await flushAt(0);
    expect(receipts.status().failures).toBe(1);
    await flushAt(1_000);
    expect(queue.receipts).toHaveLength(0);
    await flushAt(2_000);
    expect(read(queue)).toMatchObject([{ sequence: 2, named: [{ instance: 'instance-0000000001', heardMs: 2_000 }] }]);
    expect(receipts.status()).toEqual({ instances: 1, uncounted: 0, failures: 0 });
  });

  it('ask for a wider spread the more instances there are, and count those that do not fit', async () => {
    const { queue, receipts, flushAt } = scene({ receiptInstances: 1_000, pushDeadlineMs: 1_000 });
    const take = (number: number) =>
      receipts.take('env_a', {
        ...following(`instance-${String(number).padStart(10, '0')}`, 1),
        state: 'following',
        place: [1, 1],
      });
    expect(take(0)).toBe(50);
    let spread = 0;
    for (let number = 1; number < 1_005; number++) spread = take(number);
    expect(spread).toBe(500);
    await flushAt(1_000);
    expect(read(queue)).toMatchObject([{ counts: [[1, 1, 1_000]], uncounted: 5 }]);
    // Those that had no room are gone too, or have been counted.
    await flushAt(INSTANCE_LIVES_MS);
    expect(read(queue).at(-1)).toMatchObject({ uncounted: 0 });
  });

  it('count the few of one environment although another has as many as there is room for', async () => {
    const { queue, receipts, flushAt, hold } = scene({ receiptInstances: 10, pushDeadlineMs: 1_000 });
    const env = (id: string) => ({
      id,
      place: [1, 1] as const,
      candidate: null,
      refusedCandidate: null,
      confirmed: true,
      ageMs: 5,
      problem: null,
    });
    hold([env('env_a'), env('env_b')]);
    const take = (environment: string, number: number) =>
      receipts.take(environment, {
        ...following(`instance-${String(number).padStart(10, '0')}`, 1),
        state: 'following',
        place: [1, 1],
      });
    for (let number = 0; number < 10; number++) take('env_a', number);
    for (let number = 0; number < 7; number++) take('env_b', number);
    expect(receipts.status()).toEqual({ instances: 10, uncounted: 5 + 2, failures: 0 });
    await flushAt(0);
    expect(read(queue).map(({ environment, counts, uncounted }) => [environment, counts, uncounted])).toEqual([
      ['env_a', [[1, 1, 5]], 5],
      ['env_b', [[1, 1, 5]], 2],
    ]);
  });

  it('forget an environment that is not followed any more, and number on when it comes back', async () => {
    const { queue, receipts, flushAt, hold } = scene();
    const env: HeldEnvironment = {
      id: 'env_a',
      place: [1, 1],
      candidate: null,
      refusedCandidate: null,
      confirmed: true,
      ageMs: 5,
      problem: null,
    };
    receipts.take('env_a', { ...following('instance-0000000001', 1), state: 'following', place: [1, 1] });
    await flushAt(0);
    hold([]);
    await flushAt(1_000);
    expect(receipts.status().instances).toBe(0);
    hold([env]);
    await flushAt(2_000);
    expect(read(queue).map(({ sequence, counts }) => [sequence, counts])).toEqual([
      [1, [[1, 1, 1]]],
      [2, []],
    ]);
  });

  it('end with a goodbye', async () => {
    const { queue, receipts, flushAt } = scene();
    await flushAt(0);
    await receipts.close(1_000);
    const said = queue.receipts.map(({ body }) => parseAggregate(Buffer.from(body).toString()) as Aggregate);
    expect(said.at(-1)).toEqual({ environment: 'env_a', edge: 'edge-of-16-chars', sequence: 2, state: 'closed' });
  });
});

describe('POST receipts', () => {
  let server: EdgeServer | null = null;
  afterEach(async () => {
    await server?.close();
    server = null;
  });

  it('takes them from server keys, of the key’s environment, and hands on who has what', async () => {
    const own = mintKey('server');
    const [client, relay] = [mintKey('client'), mintKey('relay')];
    const history = new History('env_a');
    history.change(flag('a'), own.line(), client.line(), relay.line());
    server = await EdgeServer.create({ version: '1.2.3', limits: { aggregateMs: 20 } });
    history.publishCheckpoint(server.log);
    await server.edge.start();
    const { queue } = server;
    const post = (key: string, body: unknown) => server?.ask('POST', NATIVE_PATHS.receipts, { key, body });
    const taken = await post(own.text, following('instance-0000000001', 1));
    expect([taken?.status, taken?.json]).toEqual([202, { accepted: true, spreadMs: 50 }]);
    await until(() => read(queue).some(({ counts }) => counts.length === 1));
    expect(read(queue).at(-1)).toMatchObject({
      environment: 'env_a',
      place: [1, 1],
      appliedMs: null,
      counts: [[1, 1, 1]],
    });

    history.publishPatch(server.log, history.change(flag('a', { enabled: false })));
    await until(() => read(queue).some(({ place }) => place?.[1] === 2));
    await post(own.text, { ...following('instance-0000000001', 2), applied: [[1, 2, 0]] });
    await until(() => read(queue).some(({ deliveries }) => (deliveries[0]?.histogram.length ?? 0) > 0));
    expect(read(queue).at(-1)).toMatchObject({ counts: [[1, 2, 1]], deliveries: [{ place: [1, 2] }], laggards: [] });

    expect((await post(client.text, following('instance-0000000002', 1)))?.json).toMatchObject({ code: 'key_kind' });
    expect((await post(relay.text, following('instance-0000000002', 1)))?.json).toMatchObject({ code: 'key_kind' });
    const wrong = await post(own.text, { ...following('short', 1) });
    expect([wrong?.status, wrong?.json]).toMatchObject([400, { code: 'receipt_invalid' }]);
    expect((await post(own.text, { ...following('instance-0000000003', 1), host: 'x'.repeat(9_000) }))?.status).toBe(
      413,
    );
    expect(server.edge.status().receipts.instances).toBe(1);
  });

  it('of a canary edge say what it tries, what goes wrong there, and what it does not apply', async () => {
    let errors = 3;
    const queue = new MemoryQueue();
    let elapsed = 0;
    const trying = { candidate: 4, refusedCandidate: null, confirmed: true, ageMs: 5, problem: null } as const;
    let held: HeldEnvironment = { id: 'env_a', place: [1, 1], ...trying };
    const receipts = new Receipts({
      queue,
      logger: createLogger({ level: 'silent', name: 'edge' }),
      instance: 'edge-of-16-chars',
      version: '1.2.3',
      host: 'here/1',
      elapsed: () => elapsed,
      held: () => [held],
      canary: true,
      errorsOf: () => errors,
      limits: { receiptInstances: 100, pushDeadlineMs: 1_000 },
    });
    const told = async () => {
      elapsed += 1_000;
      await receipts.flush();
      const items = queue.receipts.splice(0);
      return items.map(({ body }) => (JSON.parse(Buffer.from(body).toString()) as ServingAggregate).canary);
    };
    receipts.edgeApplied('env_a');
    const quiet = { number: 4, appliedMs: 1_000, errors: 0, instances: 0, refused: null };
    expect(await told()).toEqual([quiet]);
    receipts.take('env_a', { ...following('instance-of-16-chars', 1), candidate: 4, errors: 2 });
    errors = 5;
    expect(await told()).toEqual([{ ...quiet, appliedMs: 2_000, errors: 4, instances: 1 }]);
    held = { ...held, candidate: null, refusedCandidate: { number: 5, problem: 'flag/a: no' } };
    receipts.edgeApplied('env_a');
    const refused = { number: 5, problem: 'flag/a: no' };
    expect(await told()).toEqual([{ number: null, appliedMs: null, errors: 0, instances: 0, refused }]);

    // Of the next one, whatever became of the one before; and an instance that is gone or well again takes nothing back.
    held = { ...held, candidate: 6 };
    receipts.edgeApplied('env_a');
    receipts.take('env_a', { ...following('instance-of-16-chars', 1), candidate: 6, errors: 2 });
    receipts.take('env_a', { ...following('another-of-16-chars', 1), problem: 'no' });
    const why = { number: 6, problem: 'the SDK here/1 behind it says: no' };
    const ill = { ...quiet, number: 6, errors: 2, instances: 1, refused: why };
    expect(await told()).toEqual([ill]);
    receipts.take('env_a', following('another-of-16-chars', 1));
    receipts.take('env_a', { instance: 'instance-of-16-chars', state: 'closed' });
    expect(await told()).toEqual([{ ...ill, appliedMs: 2_000, instances: 0 }]);
  });
});
