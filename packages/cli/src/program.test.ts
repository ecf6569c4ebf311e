import { describe, expect, it } from 'vitest';
import { runCommand } from '../test-support/run-command.ts';
import { readVersion } from './version.ts';

describe('the command line', () => {
  it('prints its version', async () => {
    expect(await runCommand(['--version'])).toMatchObject({ code: 0, out: `${readVersion()}\n`, err: '' });
  });

  it('documents the exit codes in its help', async () => {
    const { code, out } = await runCommand(['--help']);
    expect(code).toBe(0);
    for (const line of ['0  done', '2  wrong use', '3  the server could not', '4  not signed in', '6  conflict']) {
      expect(out).toContain(line);
    }
  });

  it('lists every command in its help', async () => {
    const { out } = await runCommand(['--help']);
    const commands =
      'start setup status config projects environments flags segments keys tokens evaluate changes audit watch';
    for (const command of commands.split(' ')) expect(out).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
  });

  it('suggests the nearest command', async () => {
    const { code, err, out } = await runCommand(['flgs']);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain("unknown command 'flgs'");
    expect(err).toContain('Did you mean flags?');
  });

  it('suggests the nearest subcommand and the nearest option', async () => {
    expect((await runCommand(['flags', 'togle', 'x'])).err).toContain('Did you mean toggle?');
    expect((await runCommand(['status', '--outptu', 'json'])).err).toContain('Did you mean --output?');
  });

  it.each([
    ['no command', []],
    ['a group without its command', ['flags']],
    ['a missing argument', ['flags', 'get', '-p', 'shop']],
    ['a missing required option', ['flags', 'get', 'checkout']],
    ['an argument too many', ['flags', 'get', 'checkout', 'again', '-p', 'shop']],
    ['a choice that is none', ['keys', 'create', '--kind', 'root', '-p', 'shop', '-e', 'production']],
    ['options that exclude each other', ['flags', 'toggle', 'x', '-p', 'shop', '-e', 'production', '--on', '--off']],
    ['a boolean that is none', ['flags', 'set', 'x', '-p', 'shop', '-e', 'production', '--enabled', 'maybe']],
    ['a project that is no key', ['flags', 'list', '-p', '../tokens']],
    ['a flag that is no key', ['flags', 'get', '..', '-p', 'shop']],
    ['an id that is none', ['tokens', 'revoke', 'a/b']],
    ['an address that is none', ['status', '--url', 'flags.example.org', '--token', 'fht_x']],
    ['an address with a password', ['status', '--url', 'https://a:b@flags.example.org', '--token', 'fht_x']],
  ])('leaves with code 2 for %s, and prints nothing on standard output', async (_what, argv) => {
    const { code, out, err } = await runCommand(argv);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).not.toBe('');
  });
});
