import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type Answer,
  type ManagementServer,
  problem,
  startManagementServer,
} from '../../../test-support/management-server.ts';
import { runCommand, signedIn, type TestHostOptions } from '../../../test-support/run-command.ts';

const ROUTE = 'GET /projects/shop/watch';

let server: ManagementServer;

beforeEach(async () => {
  server = await startManagementServer();
});
afterEach(() => server.close());

const change = (number: number) => ({
  id: `c${number}`,
  project: 'shop',
  action: 'flag.edit',
  state: 'applied',
  author: 'ann',
  reason: number === 2 ? 'two\u001b[2J' : null,
  at: `2026-11-21T10:00:0${number}.000Z`,
  revisions: [{ environment: 'production', epoch: 1, revision: number }],
  entities: [{ environment: 'production', kind: 'flag', key: 'checkout', deleted: false }],
});
const event = (number: number, id?: string): string =>
  `event: change\n${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(change(number))}\n\n`;

/** An event stream that sends the text and then ends, or stays open. */
function stream(text: string, then: 'end' | 'stay' = 'end'): Answer {
  return (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    response.write(text);
    if (then === 'end') response.end();
    return 'answered';
  };
}

/** Interrupted as soon as so many lines are printed. */
const until = (lines: number): TestHostOptions => ({
  onOutput(out, host) {
    if (out.split('\n').length > lines) host.interrupt();
  },
});
const watch = (options: TestHostOptions, ...argv: readonly string[]) =>
  runCommand(['watch', '-p', 'shop', ...argv], { ...signedIn(server.url), ...options });
const lastEventIds = () => server.requests.map(({ headers }) => headers['last-event-id']);

describe('watch', () => {
  it('prints one line for each change until it is interrupted, and leaves with 0', async () => {
    server.answer(ROUTE, stream(`: watching\n\n${event(1, 'x')}${event(2, 'y')}`, 'stay'));
    const { code, out, err } = await watch(until(2), '-e', 'production');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toBe(
      '2026-11-21T10:00:01.000Z  production 1.1  flag.edit  flag checkout  by ann\n' +
        '2026-11-21T10:00:02.000Z  production 1.2  flag.edit  flag checkout  by ann  "two\\u001b[2J"\n',
    );
    expect(server.requests[0]?.query.get('environment')).toBe('production');
    expect(server.requests[0]?.headers).toMatchObject({
      accept: 'text/event-stream',
      authorization: 'Bearer fht_test',
    });
  });

  it('prints the API’s JSON, one change a line, with JSON output', async () => {
    server.answer(ROUTE, stream(event(1) + event(2), 'stay'));
    const { out } = await watch(until(2), '--output', 'json');
    expect(
      out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([change(1), change(2)]);
  });

  it('takes a lost stream up where it ended, and prints nothing twice', async () => {
    server.answer(
      ROUTE,
      stream(event(1, 'a') + event(2)),
      stream(event(2)),
      stream(event(2) + event(3, 'b')),
      stream(event(4, 'c'), 'stay'),
    );
    const { code, out, host } = await watch(until(4));
    expect(code).toBe(0);
    expect(out.match(/production 1\.\d/g)).toEqual([
      'production 1.1',
      'production 1.2',
      'production 1.3',
      'production 1.4',
    ]);
    expect(lastEventIds()).toEqual([undefined, 'a', 'a', 'b']);
    expect(host.sleeps).toEqual([125, 125, 125]);
  });

  it('says on standard error that the stream was lost, and not with JSON output', async () => {
    server.answer(ROUTE, stream(event(1)), stream(event(2), 'stay'));
    expect((await watch(until(2))).err).toContain(
      'The stream was lost (the server ended the stream). Next attempt in 0.1 s.',
    );
    server.answer(ROUTE, stream(event(1)), stream(event(2), 'stay'));
    expect((await watch(until(2), '--output', 'json')).err).toBe('');
  });

  it('waits longer and longer, to 30 s at most, while the server is away', async () => {
    server.answer(ROUTE, stream(event(1)), 'cut');
    const { code, host } = await watch({
      onSleep(sleeps, host) {
        if (sleeps.length === 10) host.interrupt();
      },
    });
    expect(code).toBe(0);
    expect(host.sleeps).toEqual([125, 250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
  });

  it('waits longer and longer for a server that ends every stream at once', async () => {
    server.answer(ROUTE, stream(''));
    const { host } = await watch({
      onSleep(sleeps, host) {
        if (sleeps.length === 4) host.interrupt();
      },
    });
    expect(host.sleeps).toEqual([125, 250, 500, 1_000]);
  });

  it('waits as long as an overloaded server asks', async () => {
    const overloaded = { ...problem(503, 'overloaded', 'Too much.'), headers: { 'retry-after': '7' } };
    server.answer(ROUTE, overloaded, stream(event(1), 'stay'));
    const { code, host } = await watch(until(1));
    expect(code).toBe(0);
    expect(host.sleeps).toEqual([7_000]);
  });

  it.each([
    [401, 'unauthenticated', 4],
    [403, 'forbidden', 4],
    [404, 'not_found', 5],
    [400, 'invalid_request', 1],
  ])('ends when it is refused with status %i', async (status, code, exitCode) => {
    server.answer(ROUTE, problem(status, code, 'Because.'));
    expect(await watch({})).toMatchObject({ code: exitCode, err: expect.stringContaining('error: Because.') });
    expect(server.requests).toHaveLength(1);
  });

  it('ends when a token is revoked while the stream is down', async () => {
    server.answer(ROUTE, stream(event(1)), problem(401, 'unauthenticated', 'No such token.'));
    expect(await watch({})).toMatchObject({ code: 4 });
  });

  it('ends when what answers is no event stream', async () => {
    server.answer(ROUTE, { body: { hello: 'world' } });
    const { code, err } = await watch({});
    expect(code).toBe(1);
    expect(err).toContain('not as a Flaghoist server does');
  });

  it('leaves with 3 when nothing listens at the start', async () => {
    const { url } = server;
    await server.close();
    expect(await runCommand(['watch', '-p', 'shop'], signedIn(url))).toMatchObject({ code: 3 });
    server = await startManagementServer();
  });

  it('passes over an event that is not JSON', async () => {
    server.answer(ROUTE, stream(`event: change\ndata: {\n\n${event(1)}`, 'stay'));
    const { out, err } = await watch(until(1));
    expect(out).toContain('production 1.1');
    expect(err).toContain('not JSON');
  });
});
