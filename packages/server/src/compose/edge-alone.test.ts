import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { captureLog, type CapturedLog } from '../../test-support/captured-log.ts';
import { createKeptEdge, type KeptEdge } from '../../test-support/kept-edge.ts';
import { until } from '../../test-support/until.ts';
import { WRITE_DEADLINE_MS } from '../platform/database.ts';
import { OperatorError } from '../platform/operator-error.ts';
import type { RunningServer } from '../running-server.ts';
import { startEdge } from './edge-alone.ts';
import { startEdgeProcess } from './edge-process.ts';

let log: CapturedLog;
let kept: KeptEdge;
const atEnd: (() => Promise<unknown>)[] = [];
const sockets = new Set<Socket>();
let over = false;

beforeEach(async () => {
  over = false;
  log = captureLog();
  kept = await createKeptEdge(log.logger);
  atEnd.push(() => kept.remove());
});

afterEach(async () => {
  // An edge that stops waits for its database.
  endDatabases();
  for (const end of atEnd.splice(0).reverse()) await end();
});

const NOT_ASKED = 'it was not asked yet whether there are newer rulesets';
const running = async (starting: Promise<RunningServer>): Promise<RunningServer> => {
  const edge = await starting;
  atEnd.push(() => edge.stop());
  return edge;
};
const answers = (value: boolean) => until(`the flag is ${value}`, async () => (await kept.ask()) === value);

describe('an edge with a ruleset on disk', () => {
  beforeEach(async () => {
    kept.publish('on');
    await kept.keep();
  });

  it('answers before what it follows is reached, is not ready until that was asked, and goes on from there', async () => {
    let reach: () => void = () => undefined;
    const reached = new Promise<void>((resolve) => {
      reach = resolve;
    });
    kept.publish('off');
    const starting = startEdgeProcess(kept.options, kept.above(reached, { connect: () => reached }));
    await answers(true);
    expect(await kept.readiness()).toMatchObject({
      status: 503,
      body: { ready: false, problems: [NOT_ASKED], unconfirmed: 1 },
    });
    reach();
    await running(starting);
    expect(await kept.readiness()).toMatchObject({
      status: 200,
      body: { ready: true, problems: [], unconfirmed: 0 },
    });
    expect(await kept.ask()).toBe(false);
    kept.publish('on');
    await answers(true);
  });

  it('is ready with what it has when its database hangs', async () => {
    await running(startEdge({ ...kept.options, databaseUrl: await databaseThat('hangs'), writeDeadlineMs: 5_000 }));
    expect(await kept.ask()).toBe(true);
    expect(await kept.readiness()).toMatchObject({ status: 200, body: { ready: true, unconfirmed: 1 } });
  });

  it('starts, and says what is wrong, when its database refuses it', async () => {
    await running(startEdge({ ...kept.options, databaseUrl: await databaseThat('refuses'), writeDeadlineMs: 5_000 }));
    expect(await kept.ask()).toBe(true);
    await until('it is logged', () => log.errors().some((line) => JSON.stringify(line).includes('no such user')));
  });

  it('says at once that its port is taken, whatever hangs', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(kept.options.port, '127.0.0.1', resolve));
    atEnd.push(() => new Promise((resolve) => taken.close(resolve)));
    const databaseUrl = await databaseThat('hangs');
    const starting = startEdge({ ...kept.options, databaseUrl, writeDeadlineMs: 5_000 });
    const failed = starting.catch((error: unknown) => error);
    expect(await Promise.race([failed, sleep(4_000)])).toMatchObject({ cause: { code: 'EADDRINUSE' } });
  });
});

describe('an edge with nothing on disk', () => {
  it('does not start when its database refuses it', async () => {
    const starting = startEdge({ ...kept.options, databaseUrl: await databaseThat('refuses'), writeDeadlineMs: 5_000 });
    await expect(starting).rejects.toBeInstanceOf(OperatorError);
    expect(await kept.ask()).toBeNull();
  });

  it('starts without a database that takes connections and says nothing', async () => {
    const databaseUrl = await databaseThat('hangs');
    const starting = startEdge({ ...kept.options, databaseUrl, writeDeadlineMs: WRITE_DEADLINE_MS });
    await until('it listens', async () => (await kept.ask()) === 503);
    expect(JSON.stringify(log.lines)).toContain('it does not answer');
    expect(await kept.readiness()).toMatchObject({ status: 503, body: { ready: false } });
    endDatabases();
    await running(starting);
    expect(await kept.readiness()).toMatchObject({
      status: 503,
      body: { problems: ['a ruleset is not verified yet'] },
    });
  });
});

function endDatabases(): void {
  over = true;
  for (const socket of sockets) socket.destroy();
}

/** The address of a server that takes connections, and says nothing or that there is no such user. */
async function databaseThat(does: 'hangs' | 'refuses'): Promise<string> {
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    if (over) socket.destroy();
    socket.on('error', () => undefined);
    if (does === 'refuses') socket.once('data', () => socket.end(refusal()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atEnd.push(() => new Promise((resolve) => server.close(resolve)));
  return `postgres://nobody@127.0.0.1:${(server.address() as AddressInfo).port}/nothing`;
}

/** The message ErrorResponse of PostgreSQL's protocol. */
function refusal(): Buffer {
  const fields = Buffer.from('SFATAL\0VFATAL\0C28P01\0Mno such user\0\0');
  const head = Buffer.alloc(5);
  head.write('E');
  head.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}
