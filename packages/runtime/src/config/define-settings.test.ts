import { describe, expect, it } from 'vitest';
import { defineSettings } from './define-settings.ts';
import { describeSettings } from './describe-settings.ts';
import { loadSettings } from './load-settings.ts';

describe('defineSettings', () => {
  it('refuses a default that the definition does not allow', () => {
    expect(() => defineSettings({ port: { kind: 'integer', default: 70_000, max: 65_535, description: 'd' } })).toThrow(
      'The default of setting "port" must be a whole number of at most 65535, but is 70000.',
    );
    expect(() => defineSettings({ drain: { kind: 'duration', default: '5', description: 'd' } })).toThrow(
      'Add a unit.',
    );
  });

  it('refuses a name that is not in camel case', () => {
    expect(() => defineSettings({ 'log-level': { kind: 'string', description: 'd' } })).toThrow('not in camel case');
  });
});

describe('describeSettings', () => {
  it('gives a row for each setting, with secrets masked', () => {
    const definition = defineSettings({
      port: { kind: 'integer', default: 8080, min: 0, description: 'Port to listen on.' },
      databaseUrl: { kind: 'string', secret: true, aliases: ['DATABASE_URL'], description: 'PostgreSQL.' },
      masterKey: { kind: 'string', secret: true, description: 'Not set here.' },
      roles: { kind: 'list', default: ['control', 'edge'], env: 'ROLES', description: 'Roles.' },
      drain: { kind: 'duration', default: '90s', description: 'How long to drain.' },
    });
    const env = { DATABASE_URL: 'postgres://user:s3cret@db/flags' };
    const loaded = loadSettings(definition, { env, options: { port: 0 }, prefix: 'FLAGHOIST_' });
    if (!loaded.ok) throw new Error('It was expected to load.');
    const rows = describeSettings(definition, loaded.values, loaded.sources);
    expect(rows[0]).toEqual({
      name: 'port',
      option: '--port',
      env: 'FLAGHOIST_PORT',
      value: '0',
      source: 'option --port',
      allowed: 'a whole number of at least 0',
      description: 'Port to listen on.',
    });
    expect(rows.map(({ env, value, source }) => [env, value, source])).toEqual([
      ['FLAGHOIST_PORT', '0', 'option --port'],
      ['FLAGHOIST_DATABASE_URL', '********', 'environment DATABASE_URL'],
      ['FLAGHOIST_MASTER_KEY', '', 'not set'],
      ['ROLES', 'control,edge', 'default'],
      ['FLAGHOIST_DRAIN', '90s', 'default'],
    ]);
    expect(JSON.stringify(rows)).not.toContain('s3cret');
  });
});
