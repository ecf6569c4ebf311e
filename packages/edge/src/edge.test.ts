import { sha256 } from '@flaghoist/runtime/crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { EdgeServer, type TestStream, until } from '../test-support/edge-server.ts';
import { flag, History, mintKey } from '../test-support/history.ts';

const server = mintKey('server');
let edge: EdgeServer;

afterEach(() => edge.close());

describe('the status', () => {
  it('says what is served, how old it is, what was refused and how many listen', async () => {
    let clock = 1_000_000;
    edge = await EdgeServer.create({ now: () => clock });
    expect(edge.edge.status()).toMatchObject({ ready: false, environments: [], spool: { state: 'closed' } });
    const history = new History('env-1');
    history.change(flag('a'), server.line());
    history.publishCheckpoint(edge.log);
    await edge.edge.start();
    const stream = await edge.stream('/native/v1/stream', { authorization: `Bearer ${server.text}` });
    await until(() => edge.edge.status().streams.open === 1);
    expect(edge.edge.status().environments).toEqual([
      {
        id: 'env-1',
        epoch: 1,
        revision: 1,
        headHash: sha256(history.headText),
        entities: 2,
        ageMs: 0,
        confirmed: true,
        streams: 1,
      },
    ]);
    const patch = history.change(flag('a', { enabled: false }));
    history.publishPatch(edge.log, patch.replace('"enabled":false', '"enabled":null'));
    await until(() => edge.edge.status().environments[0]?.refused !== undefined);
    clock += 5_000;
    const status = edge.edge.status();
    expect(status.ready).toBe(true);
    expect(status.environments[0]).toMatchObject({ revision: 1, ageMs: 5_000, refused: { reason: 'hash' } });
    stream.close();
  });

  it('offers the verified ruleset to its process', async () => {
    edge = await EdgeServer.create();
    expect(edge.edge.ruleset('env-1')).toBeUndefined();
    const history = new History('env-1');
    history.change(flag('a'));
    history.publishCheckpoint(edge.log);
    await edge.edge.start();
    expect(edge.edge.ruleset('env-1')).toBeDefined();
  });
});

describe('starting and stopping', () => {
  it('can be stopped before the bus ever answered', async () => {
    edge = await EdgeServer.create();
    edge.log.failing = true;
    const starting = edge.edge.start();
    await edge.edge.stop();
    edge.log.failing = false;
    await Promise.race([starting, new Promise((resolve) => setTimeout(resolve, 100))]);
    expect(edge.edge.status().ready).toBe(false);
  });

  it('of an edge whose bus is empty is quick, and ready', async () => {
    edge = await EdgeServer.started();
    expect(edge.edge.status().ready).toBe(true);
  });
});

describe('a change of one flag among 10,000', () => {
  it('costs a follower its own bytes, and the edge the hashing of one group', async () => {
    let hashed = 0;
    const counting = (text: string): string => {
      hashed += text.length;
      return sha256(text);
    };
    edge = await EdgeServer.create({ sha256: counting, limits: { heartbeatMs: 60_000 } });
    const history = new History('env-1');
    const settings = { description: 'x'.repeat(100) };
    const many = Array.from({ length: 10_000 }, (_, i) =>
      flag(`flag-number-${i}`, {
        rules: [
          {
            id: 'r',
            ...settings,
            conditions: [{ attribute: 'a', operator: 'exists', values: [] }],
            serve: { variant: 'on' },
          },
        ],
      }),
    );
    history.change(...many, server.line());
    history.publishCheckpoint(edge.log);
    await edge.edge.start();
    const whole = hashed;
    const key = server.text;
    const before = await edge.ask('GET', '/native/v1/ruleset', { key, headers: { 'accept-encoding': 'gzip' } });
    const stream: TestStream = await edge.stream('/native/v1/stream', {
      authorization: `Bearer ${key}`,
      'last-event-id': '1.1',
    });
    await stream.until(({ events }) => events.length === 1);
    const bytes = stream.bytes;
    hashed = 0;

    const changed = flag('flag-number-7', { enabled: false });
    history.publish(edge.log, changed);
    await stream.until(({ events }) => events.length === 2);
    expect(stream.bytes - bytes).toBeLessThanOrEqual(Buffer.byteLength(changed.json ?? '') + 700);
    // One group of 256 holds 40 lines of about 75 characters, the list of groups 256 of 44.
    expect(hashed).toBeLessThan(20_000);
    expect(whole).toBeGreaterThan(100 * hashed);

    const after = await edge.ask('GET', '/native/v1/ruleset', { key, headers: { 'accept-encoding': 'gzip' } });
    expect(after.bytes.subarray(0, before.bytes.length)).toEqual(before.bytes);
    expect(after.bytes.length - before.bytes.length).toBeLessThan(1_000);
    stream.close();
  });
});
