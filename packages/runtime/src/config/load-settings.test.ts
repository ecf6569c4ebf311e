import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, expectTypeOf, it } from 'vitest';
import { defineSettings } from './define-settings.ts';
import { type LoadOptions, loadSettings } from './load-settings.ts';

const DEFINITION = defineSettings({
  host: { kind: 'string', default: '127.0.0.1', description: 'Address to listen on.' },
  port: { kind: 'integer', default: 8080, min: 0, max: 65_535, description: 'Port to listen on.' },
  databaseUrl: { kind: 'string', secret: true, aliases: ['DATABASE_URL', 'PG_URL'], description: 'PostgreSQL.' },
  embedded: { kind: 'boolean', default: true, description: 'Keep the database in a folder.' },
  logLevel: {
    kind: 'choice',
    choices: ['info', 'debug'],
    default: 'info',
    env: 'FLAGHOIST_LOG',
    description: 'Detail.',
  },
  roles: { kind: 'list', choices: ['control', 'edge'], default: ['control', 'edge'], min: 1, description: 'Roles.' },
  origins: { kind: 'list', description: 'Allowed origins.' },
  drain: { kind: 'duration', default: '5s', min: 100, max: 60_000, description: 'How long to drain.' },
});

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'settings-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function file(text: string): Promise<string> {
  const path = join(dir, 'flaghoist.yaml');
  await writeFile(path, text);
  return path;
}

const load = (from: Partial<LoadOptions> = {}) =>
  loadSettings(DEFINITION, { env: {}, options: {}, prefix: 'FLAGHOIST_', ...from });

function values(from: Partial<LoadOptions>) {
  const result = load(from);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.values;
}

function problems(from: Partial<LoadOptions>): readonly (readonly [string | null, string, string])[] {
  const result = load(from);
  if (result.ok) throw new Error('Problems were expected.');
  return result.problems.map(({ setting, source, message }) => [setting, source, message]);
}

describe('loadSettings', () => {
  it('yields the defaults when nothing is given', () => {
    const result = load();
    expect(result).toEqual({
      ok: true,
      values: {
        host: '127.0.0.1',
        port: 8080,
        embedded: true,
        logLevel: 'info',
        roles: ['control', 'edge'],
        drain: 5_000,
      },
      sources: {
        host: 'default',
        port: 'default',
        databaseUrl: 'not set',
        embedded: 'default',
        logLevel: 'default',
        roles: 'default',
        origins: 'not set',
        drain: 'default',
      },
    });
  });

  it('knows the type of every value', () => {
    expectTypeOf(values({})).toEqualTypeOf<{
      readonly host: string;
      readonly port: number;
      readonly databaseUrl: string | undefined;
      readonly embedded: boolean;
      readonly logLevel: 'info' | 'debug';
      readonly roles: readonly ('control' | 'edge')[];
      readonly origins: readonly string[] | undefined;
      readonly drain: number;
    }>();
  });

  it('prefers an option to the environment, that to the file, and that to the default', async () => {
    const path = await file('port: 1\nhost: file\nembedded: false\n');
    const env = { FLAGHOIST_PORT: '2', FLAGHOIST_HOST: 'environment' };
    const result = load({ file: path, env, options: { port: '3', host: undefined, embedded: null } });
    expect(result).toMatchObject({
      values: { port: 3, host: 'environment', embedded: false, logLevel: 'info' },
      sources: {
        port: 'option --port',
        host: 'environment FLAGHOIST_HOST',
        embedded: `file ${path}`,
        logLevel: 'default',
      },
    });
  });

  it('reads a setting from its own variable, else from its aliases in order', () => {
    expect(values({ env: { PG_URL: 'c', DATABASE_URL: 'b', FLAGHOIST_DATABASE_URL: 'a' } }).databaseUrl).toBe('a');
    expect(values({ env: { PG_URL: 'c', DATABASE_URL: 'b' } }).databaseUrl).toBe('b');
    expect(load({ env: { PG_URL: 'c' } })).toMatchObject({ sources: { databaseUrl: 'environment PG_URL' } });
    expect(values({ env: { FLAGHOIST_LOG: 'debug' } }).logLevel).toBe('debug');
  });

  it('takes an empty variable and an empty entry for not set', async () => {
    const path = await file('host:\nport: ~\n');
    expect(values({ file: path, env: { FLAGHOIST_PORT: '', FLAGHOIST_DRAIN: '' } })).toMatchObject({
      host: '127.0.0.1',
      port: 8080,
      drain: 5_000,
    });
  });

  it('reads JSON and YAML, and an empty file', async () => {
    expect(values({ file: await file('{"port": 9, "roles": ["edge"]}') })).toMatchObject({ port: 9, roles: ['edge'] });
    expect(values({ file: await file('# none\nroles:\n  - edge\ndrain: 1m\n') })).toMatchObject({
      roles: ['edge'],
      drain: 60_000,
    });
    expect(values({ file: await file('') }).port).toBe(8080);
  });

  it('lets a stronger source put right what is wrong in a weaker one', async () => {
    const path = await file('port: nonsense\n');
    expect(values({ file: path, env: { FLAGHOIST_PORT: '7' } }).port).toBe(7);
  });

  it('passes over variables of other programs', () => {
    const env = { PORT: 'x', FLAGHOIST_SERVER_KEY: 'fh_s_1' };
    expect(values({ env, foreignEnv: ['FLAGHOIST_SERVER_KEY'] }).port).toBe(8080);
  });

  it('passes over what Kubernetes sets for services called flaghoist and flaghoist-edge', () => {
    const env = {
      FLAGHOIST_PORT: 'tcp://10.0.0.1:80',
      FLAGHOIST_SERVICE_HOST: '10.0.0.1',
      FLAGHOIST_SERVICE_PORT: '80',
      FLAGHOIST_SERVICE_PORT_HTTP: '80',
      FLAGHOIST_PORT_80_TCP: 'tcp://10.0.0.1:80',
      FLAGHOIST_PORT_80_TCP_ADDR: '10.0.0.1',
      FLAGHOIST_PORT_80_TCP_PORT: '80',
      FLAGHOIST_PORT_80_TCP_PROTO: 'tcp',
      FLAGHOIST_EDGE_PORT: 'tcp://10.0.0.2:80',
      FLAGHOIST_EDGE_SERVICE_HOST: '10.0.0.2',
    };
    expect(load({ env })).toMatchObject({ ok: true, values: { port: 8080 }, sources: { port: 'default' } });
  });
});

describe('problems with settings', () => {
  it('are reported all at once, each with name, source and what is allowed', async () => {
    const path = await file('embedded: maybe\nrolls: [edge]\n');
    const found = problems({
      file: path,
      env: { FLAGHOIST_PORT: '70000', FLAGHOIST_PROT: '1', DATABASE_URL: 'x' },
      options: { logLevel: 'verbose', drain: 30, prot: 1 },
    });
    expect(found).toEqual([
      ['prot', 'option --prot', 'There is no setting --prot. Did you mean --port?'],
      [
        'FLAGHOIST_PROT',
        'environment FLAGHOIST_PROT',
        'There is no setting FLAGHOIST_PROT. Did you mean FLAGHOIST_PORT?',
      ],
      ['rolls', `file ${path}`, 'There is no setting rolls. Did you mean roles?'],
      ['port', 'environment FLAGHOIST_PORT', 'port must be a whole number from 0 to 65535, but is "70000".'],
      ['embedded', `file ${path}`, 'embedded must be true or false, but is "maybe".'],
      ['logLevel', 'option --log-level', 'logLevel must be info or debug, but is "verbose".'],
      [
        'drain',
        'option --drain',
        'drain must be a duration like 250ms, 30s, 5m, 1h or 7d from 100ms to 1m, but is 30. Add a unit.',
      ],
    ]);
  });

  it('list what is known when no name is near', () => {
    expect(problems({ options: { zzzzzzzzzzz: 1 } })[0]?.[2]).toBe(
      'There is no setting --zzzzzzzzzzz. Known are: --database-url, --drain, --embedded, --host, --log-level, --origins, --port, --roles.',
    );
  });

  it('find the name behind another spelling', async () => {
    for (const name of ['database-url', 'database_url', 'DatabaseURL', 'databseUrl']) {
      const path = await file(`${name}: x\n`);
      expect(problems({ file: path })[0]?.[2]).toContain('Did you mean databaseUrl?');
    }
  });

  it('never show a secret', () => {
    const options = { databaseUrl: 1234567 };
    expect(problems({ options })[0]?.[2]).toBe('databaseUrl must be a text, but is something else. Put it in quotes.');
  });

  it('are reported for a list with a value that is not allowed, empty or not a list', () => {
    const message = (roles: unknown): string | undefined => problems({ options: { roles } })[0]?.[2];
    const allowed = 'roles must be a list of control, edge of at least 1 items, but is ';
    expect(message('edge,publisher')).toBe(`${allowed}"edge,publisher".`);
    expect(message([])).toBe(`${allowed}[].`);
    expect(message(',')).toBe(`${allowed}",".`);
    expect(message(['edge', 1])).toBe(`${allowed}["edge",1].`);
    expect(message({ edge: true })).toBe(`${allowed}{"edge":true}.`);
  });

  it('are reported for a file that is missing, broken, or no mapping', async () => {
    const missing = join(dir, 'missing.yaml');
    expect(problems({ file: missing })).toEqual([
      [null, `file ${missing}`, expect.stringMatching(/^The file cannot be read: ENOENT/)],
    ]);
    for (const [text, message] of [
      ['port: 1\nport: 2\n', 'The file is not YAML or JSON: Map keys must be unique at line 2, column 1.'],
      ['{"port": 1', /^The file is not YAML or JSON: /],
      ['port: *unknown', /^The file is not YAML or JSON: Unresolved alias/],
      ['- port', /^The file has to hold setting names/],
      ['just text', /^The file has to hold setting names/],
    ] as const) {
      const path = await file(text);
      const expected: unknown = typeof message === 'string' ? message : expect.stringMatching(message);
      expect(problems({ file: path })).toEqual([[null, `file ${path}`, expected]]);
    }
  });

  it('are reported for names that every object has', async () => {
    const path = await file('constructor: 1\n"__proto__": 2\n');
    expect(problems({ file: path }).map(([setting]) => setting)).toEqual(['constructor', '__proto__']);
    expect(problems({ options: { toString: 1 } })[0]?.[0]).toBe('toString');
  });
});
