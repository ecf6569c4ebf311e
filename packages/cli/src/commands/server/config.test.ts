import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommand, temporaryFolder } from '../../../test-support/run-command.ts';
import { SETTINGS } from '../../settings.ts';

let folder: ReturnType<typeof temporaryFolder>;

beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

interface Row {
  readonly name: string;
  readonly value: string;
  readonly source: string;
}

async function rows(
  argv: readonly string[],
  env: { readonly [name: string]: string } = {},
): Promise<ReadonlyMap<string, Row>> {
  const { code, out } = await runCommand(['config', '--output', 'json', ...argv], { env });
  expect(code).toBe(0);
  return new Map((JSON.parse(out) as readonly Row[]).map((row) => [row.name, row]));
}

describe('config', () => {
  it('lists every setting', async () => {
    expect([...(await rows([])).keys()]).toEqual(Object.keys(SETTINGS));
  });

  it('says where each value came from', async () => {
    const file = join(folder.path, 'flaghoist.yaml');
    writeFileSync(file, 'port: 8080\nhost: 10.0.0.1\nlogLevel: warn\n');
    const found = await rows(['--config', file, '--port', '9'], { FLAGHOIST_HOST: '10.0.0.2' });
    expect(found.get('port')).toMatchObject({ value: '9', source: 'option --port' });
    expect(found.get('host')).toMatchObject({ value: '10.0.0.2', source: 'environment FLAGHOIST_HOST' });
    expect(found.get('logLevel')).toMatchObject({ value: 'warn', source: `file ${file}` });
    expect(found.get('data')).toMatchObject({ value: './flaghoist-data', source: 'default' });
  });

  it('has an option for every setting', async () => {
    const { out } = await runCommand(['config', '--help']);
    for (const { name, option } of JSON.parse((await runCommand(['config', '--output', 'json'])).out) as {
      name: string;
      option: string;
    }[]) {
      // Other users of the machine could see it on the command line.
      if (name === 'relayKey') expect(out).not.toContain(`${option} `);
      else expect(out).toContain(`${option} `);
    }
  });

  it('never prints a secret', async () => {
    const env = {
      FLAGHOIST_TOKEN: 'fht_hunter2',
      FLAGHOIST_SECRET: 'hunter2 and the rest of it',
      DATABASE_URL: 'postgres://u:hunter2@db/flags',
    };
    for (const argv of [['config'], ['config', '--output', 'json']]) {
      const { out, err } = await runCommand(argv, { env });
      expect(out + err).not.toContain('hunter2');
      expect(out).toContain('********');
    }
  });

  it('prints a table for people', async () => {
    const { out } = await runCommand(['config']);
    expect(out).toMatch(/^SETTING +VALUE +FROM +ALLOWED +OPTION +ENVIRONMENT\n/);
    expect(out).toMatch(/^port +4242 +default +a whole number from 0 to 65535 +--port +FLAGHOIST_PORT$/m);
  });

  it('leaves with 2 and every problem when settings are wrong', async () => {
    const { code, out, err } = await runCommand(['config', '--port', '70000'], { env: { FLAGHOIST_DEMO: 'perhaps' } });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('error: 2 settings are wrong:\n');
    expect(err).toContain('  option --port: ');
    expect(err).toContain('  environment FLAGHOIST_DEMO: ');
  });

  it('leaves with 2 when the file is not there', async () => {
    const { code, err } = await runCommand(['config', '--config', join(folder.path, 'none.yaml')]);
    expect(code).toBe(2);
    expect(err).toContain('none.yaml');
  });

  it('is not disturbed by the keys that applications keep in the environment', async () => {
    expect((await rows([], { FLAGHOIST_SERVER_KEY: 'fhs_x' })).size).toBeGreaterThan(0);
  });
});
