/** The user's guide shows what the command really takes. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateSigningKey } from '@flaghoist/runtime/crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestHost, runCommand, temporaryFolder } from '../test-support/run-command.ts';
import { EXIT_CODES_HELP } from './exit-codes.ts';
import { createProgram } from './program.ts';
import { SETTINGS } from './settings.ts';

const GUIDE = readFileSync(new URL('../../../docs/guide/cli.md', import.meta.url), 'utf8');

/** Lines of shell blocks, as words; comments, redirections and ellipses taken out. */
const examples: readonly (readonly string[])[] = [...GUIDE.matchAll(/```sh\n([^`]*)```/g)]
  .flatMap((block) => (block[1] ?? '').trim().split('\n'))
  .map((line) =>
    words(
      line
        .replace(/ +# .*$/, '')
        .replace(/ > \S+$/, '')
        .replaceAll('…', 'x'),
    ).slice(1),
  );

function words(line: string): readonly string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2] ?? '');
}

/** Every command that does something, e.g. `flags toggle`. */
function commands(): readonly string[] {
  const leaves: string[] = [];
  const program = createProgram(createTestHost(), '0', () => undefined);
  for (const command of program.commands) {
    if (command.commands.length === 0) leaves.push(command.name());
    else for (const sub of command.commands) leaves.push(`${command.name()} ${sub.name()}`);
  }
  return leaves;
}

let folder: ReturnType<typeof temporaryFolder>;

beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

describe('the guide', () => {
  it.each(commands())('has an example of %s', (command) => {
    expect(examples.some((example) => example.join(' ').startsWith(command))).toBe(true);
  });

  it.each(examples.filter(([command]) => command !== 'start').map((argv) => [argv.join(' '), argv] as const))(
    'shows a command line that is understood: %s',
    async (_line, argv) => {
      const path = join(folder.path, 'file.json');
      writeFileSync(path, '{"enabled":true}');
      if (argv[0] === 'segments') writeFileSync(path, '{"included":[]}');
      const recovers = argv.includes('--recover');
      if (recovers) writeFileSync(join(folder.path, 'secret'), 'of a server that was started');
      const restores = argv[0] === 'restore';
      const onDisk = recovers || restores;
      const pem = join(folder.path, 'signing.pem');
      if (argv[1] === 'show') writeFileSync(pem, generateSigningKey());
      const real = argv
        .map((word) => (word.endsWith('.pem') ? pem : word))
        .map((word) => (word.endsWith('.json') ? path : word))
        .map((word) => (onDisk && word.startsWith('/') ? folder.path : word));
      // Nothing listens on port 1: a command line that is understood gets as far as that.
      const env = { FLAGHOIST_URL: 'http://127.0.0.1:1', FLAGHOIST_TOKEN: 'fht_x' };
      const isSetup = argv[0] === 'setup';
      const { code, err } = await runCommand(isSetup ? [...real, '--url', 'http://127.0.0.1:1'] : real, {
        env,
        homeDirectory: folder.path,
      });
      const readsOnly = argv[0] === 'config' || argv[0] === 'signing-key' || argv.includes('--list');
      // There is no backup in a folder that is empty.
      const understood = readsOnly || recovers ? 0 : restores ? 5 : 3;
      expect({ code, err }).toMatchObject({ code: understood });
    },
  );

  it('has every setting with its option and variable', () => {
    for (const name of Object.keys(SETTINGS)) {
      const option = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      const variable = `FLAGHOIST_${option.replaceAll('-', '_').toUpperCase()}`;
      // What other users could see on the command line is no option.
      const cell = name === 'relayKey' ? 'none' : `\`--${option}\``;
      expect(GUIDE).toContain(`| \`${name}\` | ${cell} | \`${variable}\``);
    }
  });

  it('has every exit code as the help explains it', () => {
    for (const [, code, meaning] of EXIT_CODES_HELP.matchAll(/^ {2}(\d) {2}(.*)$/gm)) {
      expect(GUIDE).toContain(`| ${code} | ${meaning} |`);
    }
  });
});
