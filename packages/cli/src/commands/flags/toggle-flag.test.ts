import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type ManagementServer,
  page,
  problem,
  type RecordedRequest,
  startManagementServer,
} from '../../../test-support/management-server.ts';
import { type Run, runCommand, signedIn } from '../../../test-support/run-command.ts';

const PATH = '/projects/shop/environments/production/flags/checkout';

let server: ManagementServer;
/** The flag as the server has it; every write makes one revision, as does `elsewhere`. */
let flag: { enabled: boolean; revision: number };
/** Somebody else's edits, one before each of the next writes. */
let elsewhere: (() => void)[];

beforeEach(async () => {
  server = await startManagementServer();
  flag = { enabled: false, revision: 41 };
  elsewhere = [];
  server.answer(`GET ${PATH}`, () => ({ body: { key: 'checkout', ...flag }, headers: { etag: `"${flag.revision}"` } }));
  server.answer(`PATCH ${PATH}`, (request) => write(request));
});
afterEach(() => server.close());

function write({ headers, body }: RecordedRequest) {
  elsewhere.shift()?.();
  if (headers['if-match'] !== `"${flag.revision}"`) return problem(412, 'precondition_failed', 'It has changed.');
  flag = { enabled: (body as { enabled: boolean }).enabled, revision: flag.revision + 1 };
  return { body: { key: 'checkout', ...flag }, headers: { 'flaghoist-revision': `production=1.${flag.revision}` } };
}

const toggle = (...more: readonly string[]): Promise<Run> =>
  runCommand(['flags', 'toggle', 'checkout', '-p', 'shop', '-e', 'production', ...more], signedIn(server.url));
const methods = () => server.requests.map(({ method }) => method);
const otherEdit = () => {
  flag = { ...flag, revision: flag.revision + 1 };
};

describe('flags toggle', () => {
  it('switches to the other state and says at which revision', async () => {
    const { code, out } = await toggle();
    expect(code).toBe(0);
    expect(out).toBe('Flag checkout in production is now on. Now at revision: production 1.42.\n');
    expect(server.requests[1]).toMatchObject({ body: { enabled: true }, headers: { 'if-match': '"41"' } });
  });

  it('sends the reason', async () => {
    await toggle('--reason', 'launch day');
    expect(server.requests[1]?.headers['flaghoist-reason']).toBe('launch%20day');
  });

  it('writes nothing when the flag is in the wanted state', async () => {
    const { code, out } = await toggle('--off');
    expect(code).toBe(0);
    expect(out).toBe('Flag checkout in production is off already, since revision 41.\n');
    expect(methods()).toEqual(['GET']);
  });

  it('prints the configuration with JSON output', async () => {
    const { out } = await toggle('--on', '--output', 'json');
    expect(JSON.parse(out)).toEqual({ key: 'checkout', enabled: true, revision: 42 });
  });

  it('is made again on the newer revision when somebody else was faster', async () => {
    elsewhere = [otherEdit, otherEdit, otherEdit];
    const { code, host } = await toggle('--on');
    expect(code).toBe(0);
    expect(flag).toEqual({ enabled: true, revision: 45 });
    expect(methods()).toEqual(['GET', 'PATCH', 'GET', 'PATCH', 'GET', 'PATCH', 'GET', 'PATCH']);
    expect(
      new Set(server.requests.filter((one) => one.method === 'PATCH').map((one) => one.headers['idempotency-key']))
        .size,
    ).toBe(4);
    expect(host.sleeps).toEqual([60, 100, 140]);
  });

  it('gives up after three retries', async () => {
    elsewhere = [otherEdit, otherEdit, otherEdit, otherEdit, otherEdit];
    const { code, err } = await toggle('--on');
    expect(code).toBe(6);
    expect(err).toContain('flag checkout in production was changed by somebody else');
    expect(methods().filter((method) => method === 'PATCH')).toHaveLength(4);
    expect(flag.enabled).toBe(false);
  });

  it('never throws the switch back when somebody else has just thrown it', async () => {
    elsewhere = [
      () => {
        flag = { enabled: true, revision: flag.revision + 1 };
      },
    ];
    const { code, out } = await toggle();
    expect(code).toBe(0);
    expect(out).toContain('is on already, since revision 42');
    expect(flag).toEqual({ enabled: true, revision: 42 });
  });

  it('leaves with 5 when there is no such flag', async () => {
    server.answer(`GET ${PATH}`, problem(404, 'not_found', 'There is no flag checkout in production.'));
    expect(await toggle()).toMatchObject({
      code: 5,
      err: 'error: There is no flag checkout in production.\n',
      out: '',
    });
  });

  it('does not write when the server sends no ETag', async () => {
    server.answer(`GET ${PATH}`, { body: flag });
    const { code, err } = await toggle();
    expect(code).toBe(1);
    expect(err).toContain('has no ETag');
    expect(methods()).toEqual(['GET']);
  });
});

describe('an edit that depends on what it read', () => {
  const setDefault = (...more: readonly string[]): Promise<Run> =>
    runCommand(
      ['flags', 'set', 'checkout', '-p', 'shop', '-e', 'production', '--default', 'on', ...more],
      signedIn(server.url),
    );
  const change = (id: string, author: string, revision: number) => ({
    id,
    author,
    at: '2030-01-01T00:00:00Z',
    reason: 'hotfix',
    entities: [{ environment: 'production', kind: 'flag', key: 'checkout', deleted: false }],
    revisions: [{ environment: 'production', epoch: 1, revision }],
  });

  it('is refused with who else changed it, and is not made again', async () => {
    elsewhere = [otherEdit];
    server.answer('GET /projects/shop/changes', page([change('c2', 'bob', 42), change('c1', 'ann', 41)]));
    const { code, err, out } = await setDefault();
    expect({ code, out }).toEqual({ code: 6, out: '' });
    expect(err).toContain(
      'flag checkout in production was changed by bob at 2030-01-01T00:00:00Z (change c2, "hotfix")',
    );
    expect(err).toContain(
      'Look at it (flaghoist flags get checkout -p shop -e production), then run the command again.',
    );
    expect(methods()).toEqual(['GET', 'PATCH', 'GET']);
    expect(Object.fromEntries(server.requests[2]?.query ?? [])).toEqual({
      environment: 'production',
      flag: 'checkout',
      limit: '1',
    });
  });

  it('names nobody when the history does not show the change', async () => {
    elsewhere = [otherEdit];
    server.answer('GET /projects/shop/changes', page([change('c1', 'ann', 41)]));
    const { code, err } = await setDefault();
    expect(code).toBe(6);
    expect(err).toContain('was changed by somebody else after it was read');
  });

  it('prints the problem document itself with JSON output', async () => {
    elsewhere = [otherEdit];
    const { code, err } = await setDefault('--output', 'json');
    expect(code).toBe(6);
    expect(JSON.parse(err)).toMatchObject({ status: 412, code: 'precondition_failed' });
  });
});
