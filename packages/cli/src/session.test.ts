import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ManagementServer, problem, startManagementServer } from '../test-support/management-server.ts';
import { runCommand, signedIn, temporaryFolder } from '../test-support/run-command.ts';

let server: ManagementServer;
let home: ReturnType<typeof temporaryFolder>;

beforeEach(async () => {
  server = await startManagementServer();
  server.answer('GET /projects', { body: { items: [], next: null } });
  home = temporaryFolder();
});
afterEach(async () => {
  home.remove();
  await server.close();
});

const credentials = () => join(home.path, '.config', 'flaghoist', 'credentials.json');
const save = (content: unknown): void => {
  mkdirSync(join(home.path, '.config', 'flaghoist'), { recursive: true });
  writeFileSync(credentials(), typeof content === 'string' ? content : JSON.stringify(content));
};
const run = (argv: readonly string[], env: { readonly [name: string]: string } = {}) =>
  runCommand(argv, { env, homeDirectory: home.path });
const tokens = () => server.requests.map(({ headers }) => headers.authorization);

describe('signing in', () => {
  it('takes address and token from the saved credentials', async () => {
    save({ url: server.url, token: 'fht_saved' });
    expect(await run(['projects', 'list'])).toMatchObject({ code: 0 });
    expect(tokens()).toEqual(['Bearer fht_saved']);
  });

  it('prefers the environment, and options to that', async () => {
    save({ url: 'http://127.0.0.1:1', token: 'fht_saved' });
    await run(['projects', 'list'], { FLAGHOIST_URL: server.url, FLAGHOIST_TOKEN: 'fht_env' });
    await run(['projects', 'list', '--url', server.url, '--token', 'fht_option'], {
      FLAGHOIST_URL: 'http://127.0.0.1:1',
      FLAGHOIST_TOKEN: 'fht_env',
    });
    expect(tokens()).toEqual(['Bearer fht_env', 'Bearer fht_option']);
  });

  it('takes a settings file, which the environment overrides', async () => {
    const file = join(home.path, 'flaghoist.yaml');
    writeFileSync(file, `url: ${server.url}\ntoken: fht_file\nport: 4242\noutput: json\n`);
    expect(await run(['projects', 'list', '--config', file])).toMatchObject({ code: 0, out: '[]\n' });
    await run(['projects', 'list'], { FLAGHOIST_CONFIG: file, FLAGHOIST_TOKEN: 'fht_env' });
    expect(tokens()).toEqual(['Bearer fht_file', 'Bearer fht_env']);
  });

  it('uses a saved token for an address that is written differently', async () => {
    save({ url: `${server.url}/`, token: 'fht_saved' });
    expect(await run(['projects', 'list', '--url', `${server.url}//`])).toMatchObject({ code: 0 });
  });

  it('never sends a saved token to another server', async () => {
    save({ url: 'https://flags.example.org', token: 'fht_saved' });
    const { code, err } = await run(['projects', 'list', '--url', server.url]);
    expect(code).toBe(4);
    expect(err).toContain(`not signed in to ${server.url}: the saved token is for https://flags.example.org`);
    expect(server.requests).toEqual([]);
  });

  it('leaves with 4 and says how to sign in when there is no token', async () => {
    const { code, err } = await run(['projects', 'list', '--url', server.url]);
    expect(code).toBe(4);
    expect(err).toContain('flaghoist setup');
    expect(err).toContain('FLAGHOIST_TOKEN');
  });

  it.each([
    ['no JSON', '{', 'not JSON'],
    ['no token', { url: 'http://127.0.0.1:1' }, 'lacks'],
  ])('refuses saved credentials with %s', async (_what, content, message) => {
    save(content);
    const { code, err } = await run(['projects', 'list']);
    expect(code).toBe(2);
    expect(err).toContain(message);
    expect(err).toContain(credentials());
  });

  it('does not stumble over the settings of a server', async () => {
    const env = { ...signedIn(server.url).env, FLAGHOIST_PORT: 'abc', FLAGHOIST_UNKNOWN: '1' };
    expect(await run(['projects', 'list'], env)).toMatchObject({ code: 0 });
  });

  it.each([
    [401, 'unauthenticated', 4],
    [403, 'forbidden', 4],
    [404, 'not_found', 5],
    [409, 'already_exists', 6],
    [400, 'invalid_request', 1],
    [500, 'internal', 1],
  ])('a refusal with status %i (%s) leaves with code %i', async (status, code, exitCode) => {
    server.answer('GET /projects', problem(status, code, 'Because.'));
    const result = await run(['projects', 'list'], signedIn(server.url).env);
    expect(result.code).toBe(exitCode);
    expect(result.err.split('\n')[0]).toBe('error: Because.');
  });

  it('leaves with 3 when nothing listens', async () => {
    const { url } = server;
    await server.close();
    const { code, err } = await run(['projects', 'list'], signedIn(url).env);
    expect(code).toBe(3);
    expect(err).toContain(`cannot reach ${url}: nothing listens there (ECONNREFUSED).`);
    const json = await run(['projects', 'list', '--output', 'json'], signedIn(url).env);
    expect(JSON.parse(json.err)).toMatchObject({ code: 'unreachable' });
    server = await startManagementServer();
  });

  it('shows nothing that could move the cursor of a terminal', async () => {
    server.answer('GET /projects', problem(403, 'forbidden', 'No\u001b[2J\nreally.'));
    const { err } = await run(['projects', 'list'], signedIn(server.url).env);
    expect(err).toContain('error: No\\u001b[2J\nreally.\n');
  });
});

describe('setup', () => {
  const token = { id: 't1', name: 'admin', role: 'admin', secret: 'fht_first' };
  const setup = (argv: readonly string[], env: { readonly [name: string]: string } = {}) =>
    run(['setup', ...argv], env);

  beforeEach(() => server.answer('POST /setup', { status: 201, body: token }));

  it('posts the secret of the link, prints the token and saves it for this user only', async () => {
    const { code, out, err } = await setup([`${server.url}/setup#fhi_secret_1`, '--name', 'Ann']);
    expect(code).toBe(0);
    expect(out).toContain('  fht_first\n');
    expect(err).toContain(credentials());
    const [request] = server.requests;
    expect(request).toMatchObject({ method: 'POST', path: '/setup', body: { setup: 'fhi_secret_1', name: 'Ann' } });
    expect(request?.headers.authorization).toBeUndefined();
    expect(JSON.parse(readFileSync(credentials(), 'utf8'))).toEqual({ url: server.url, token: 'fht_first' });
    expect(statSync(credentials()).mode & 0o777).toBe(0o600);
    expect(statSync(join(credentials(), '..')).mode & 0o777).toBe(0o700);
  });

  it('is all that the next command needs', async () => {
    await setup([`${server.url}/setup#fhi_secret`]);
    expect(await run(['projects', 'list'])).toMatchObject({ code: 0 });
    expect(tokens()).toEqual([undefined, 'Bearer fht_first']);
  });

  it('saves below XDG_CONFIG_HOME', async () => {
    const folder = join(home.path, 'xdg');
    await setup([`${server.url}/setup#fhi_secret`], { XDG_CONFIG_HOME: folder });
    expect(existsSync(join(folder, 'flaghoist', 'credentials.json'))).toBe(true);
    expect(existsSync(credentials())).toBe(false);
  });

  it('takes the bare secret with --url or FLAGHOIST_URL, and --url wins over the link', async () => {
    expect(await setup(['fhi_secret', '--url', server.url])).toMatchObject({ code: 0 });
    expect(await setup(['fhi_secret'], { FLAGHOIST_URL: server.url })).toMatchObject({ code: 0 });
    expect(await setup(['http://10.0.0.1/setup#fhi_secret', '--url', server.url])).toMatchObject({ code: 0 });
    expect(server.requests).toHaveLength(3);
  });

  it('saves nothing with --no-save, and prints the API’s JSON with JSON output', async () => {
    const { out, err } = await setup([`${server.url}/setup#fhi_secret`, '--no-save', '--output', 'json']);
    expect(JSON.parse(out)).toEqual(token);
    expect(err).toBe('');
    expect(existsSync(credentials())).toBe(false);
  });

  it('replaces credentials, and says so when they were for another server', async () => {
    save({ url: 'https://flags.example.org', token: 'fht_old' });
    const { err } = await setup([`${server.url}/setup#fhi_secret`]);
    expect(err).toContain('replaces the credentials for https://flags.example.org');
    expect(JSON.parse(readFileSync(credentials(), 'utf8'))).toMatchObject({ token: 'fht_first' });
    expect(statSync(credentials()).mode & 0o777).toBe(0o600);
    expect(statSync(join(credentials(), '..')).mode & 0o777).toBe(0o700);
  });

  it('does not spend the secret when the token could not be saved', async () => {
    writeFileSync(join(home.path, '.config'), 'a file where the folder should be');
    const { code, err } = await setup([`${server.url}/setup#fhi_secret`]);
    expect(code).toBe(1);
    expect(err).toContain('--no-save');
    expect(server.requests).toEqual([]);
  });

  it.each([
    ['a link without a secret', 'http://127.0.0.1:4242/setup'],
    ['another kind of secret', 'fht_abc'],
    ['nothing', ''],
  ])('refuses %s without asking', async (_what, text) => {
    expect(await setup([text, '--url', server.url])).toMatchObject({ code: 2, err: expect.stringContaining('fhi_') });
    expect(server.requests).toEqual([]);
  });

  it('says what to do when somebody was faster', async () => {
    server.answer('POST /setup', problem(409, 'already_set_up', 'Setup was completed before.'));
    const { code, err } = await setup([`${server.url}/setup#fhi_secret`]);
    expect(code).toBe(6);
    expect(err).toContain('flaghoist tokens create');
    expect(existsSync(credentials())).toBe(false);
  });
});
