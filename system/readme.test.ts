/** The README is followed word for word: every command and every program in it, in its order. */
import { access, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { type ChildProgram, type Ending, runProgram, startProgram } from './child-program.ts';
import { readFileLinks, readSnippets, type Snippet } from './markdown.ts';
import { openScene, type Scene } from './scene.ts';
import { until } from './until.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const HERE = fileURLToPath(new URL('.', import.meta.url));
const README = join(ROOT, 'README.md');
const USERS = ['ada', 'grace', 'linus', 'margaret'];
const STARTED_WITHIN_MS = 60_000;

it('The README’s commands and programs do what it says', async () => {
  const reader = await openReader();
  const snippets = (await readSnippets(README)).filter(({ language }) => language === 'sh' || language === 'js');
  expect(snippets.length).toBeGreaterThan(8);
  for (const snippet of snippets) await reader.follow(snippet);
  expect(reader.did).toEqual(['demo', 'start', 'run', 'run', 'key', 'write', 'app', 'toggle', 'counts', 'curl']);
}, 180_000);

it('The README’s links lead to files', async () => {
  const links = await readFileLinks(README);
  expect(links.length).toBeGreaterThan(5);
  const there = await Promise.all(
    links.map((link) =>
      access(join(dirname(README), link)).then(
        () => true,
        () => link,
      ),
    ),
  );
  expect(there.filter((found) => found !== true)).toEqual([]);
});

interface Reader {
  follow(snippet: Snippet): Promise<void>;
  /** What was done for each snippet. */
  readonly did: readonly string[];
}

/** Somebody who does what the README says, in a terminal of their own. */
async function openReader(): Promise<Reader> {
  const scene = openScene();
  const terminal = await openTerminal(scene);
  const folder = await scene.folder(HERE);
  const did: string[] = [];
  let place = { url: '', setupUrl: '' };
  let key = '';
  let app: ChildProgram | null = null;

  /** The text with this run's address, setup link and key in the place of the README's. */
  const fill = (text: string): string =>
    text
      .replaceAll('http://127.0.0.1:4242/setup#fhi_...', place.setupUrl)
      .replaceAll('http://127.0.0.1:4242', place.url)
      .replaceAll('fhs_...', key);

  async function run(text: string): Promise<string> {
    const { code, stdout, stderr } = await terminal.shell(fill(text));
    expect({ text, code, stderr: code === 0 ? '' : stderr }).toEqual({ text, code: 0, stderr: '' });
    key = /^fhs_\w+$/m.exec(stdout)?.[0] ?? key;
    return stdout;
  }

  async function doShell(text: string): Promise<string> {
    if (text === 'npm start -- --demo\nnpm test') return followTwoCommands(scene, terminal);
    if (text === 'npm start') {
      place = await readPlace(await startByTool(scene, []));
      return 'start';
    }
    if (text.startsWith('export ')) {
      const [name = '', value = ''] = fill(text).replace('export ', '').split('=');
      expect(value).toMatch(/^fhs_\w{10}_/);
      terminal.variables[name] = value;
      return 'key';
    }
    if (text === 'node app.mjs') {
      app = startProgram(scene, { args: ['app.mjs'], cwd: folder, env: terminal.variables });
      await expectUsers(app, 0, /^(true|false) SPLIT$/);
      return 'app';
    }
    if (text.includes('flags toggle')) {
      await run(text);
      if (app === null) throw new Error('there is no application to watch');
      await expectUsers(app, USERS.length, /^false DISABLED$/);
      return 'toggle';
    }
    if (text.includes('flags get')) {
      await expectSeen(() => run(text));
      return 'counts';
    }
    if (text.startsWith('curl')) {
      expect(JSON.parse(await run(text))).toEqual({
        key: 'new-checkout',
        value: false,
        variant: 'off',
        reason: 'DISABLED',
      });
      return 'curl';
    }
    await run(text);
    return 'run';
  }

  return {
    did,
    async follow({ language, text }) {
      if (language === 'sh') {
        did.push(await doShell(text));
        return;
      }
      await writeFile(join(folder, 'app.mjs'), fill(text));
      did.push('write');
    },
  };
}

interface Terminal {
  readonly variables: Record<string, string>;
  /** Runs text as the shell reads it, in the folder of the checkout. */
  shell(text: string): Promise<Ending>;
}

async function openTerminal(scene: Scene): Promise<Terminal> {
  const home = await scene.folder();
  const variables: Record<string, string> = {
    XDG_CONFIG_HOME: home,
    TMPDIR: home,
    npm_config_cache: join(home, 'npm'),
    npm_config_update_notifier: 'false',
  };
  return {
    variables,
    shell: (text) => runProgram(scene, { command: 'sh', args: ['-e', '-c', text], cwd: ROOT, env: variables }),
  };
}

/** What `npm start` runs, on a free port and a folder that goes again. */
async function startByTool(scene: Scene, args: readonly string[]): Promise<ChildProgram> {
  const data = await scene.folder();
  const program = startProgram(scene, { args: ['tools/start.mjs', ...args, '--data', data, '--port', '0'], cwd: ROOT });
  await program.line('the last line of a start', STARTED_WITHIN_MS, (line) => line.startsWith('Ctrl-C'));
  return program;
}

async function readPlace({ stdout }: ChildProgram): Promise<{ readonly url: string; readonly setupUrl: string }> {
  const url = /at (http:\/\/127\.0\.0\.1:\d+)$/m.exec(stdout)?.[1] ?? '';
  const setupUrl = /flaghoist setup '(http\S+)'$/m.exec(stdout)?.[1] ?? '';
  expect(setupUrl.startsWith(`${url}/setup#fhi_`)).toBe(true);
  return { url, setupUrl };
}

/** `npm start -- --demo` prints a `curl` that works; `npm test` is not run by a test. */
async function followTwoCommands(scene: Scene, terminal: Terminal): Promise<string> {
  const { scripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
    readonly scripts: Readonly<Record<string, string>>;
  };
  expect(scripts).toMatchObject({ start: 'node tools/start.mjs', test: 'node tools/test.mjs' });
  const demo = await startByTool(scene, ['--demo']);
  await readPlace(demo);
  const curl = /^ {2}curl [^]*?\n\n/m.exec(demo.stdout)?.[0] ?? '';
  const answer = await until('the answer to the printed curl', 10_000, async () => {
    const { code, stdout } = await terminal.shell(curl);
    expect(code).toBe(0);
    return stdout.includes('"value"') ? stdout : undefined;
  });
  expect(JSON.parse(answer)).toMatchObject({ key: 'new-checkout' });
  demo.signal('SIGINT');
  expect(await demo.ended).toMatchObject({ code: 0 });
  return 'demo';
}

/** The application has printed one line for each user after `from` others. */
async function expectUsers(app: ChildProgram, from: number, rest: RegExp): Promise<void> {
  const lines = await until(`${USERS.length} lines of the application`, 15_000, async () => {
    if (app.lines.length >= from + USERS.length) return app.lines.slice(from);
    if (!app.running) throw new Error(`the application has ended after ${app.lines.length} lines.\n${app.stderr}`);
    return undefined;
  });
  expect(lines.map((line) => line.split(' ')[0])).toEqual(USERS);
  for (const line of lines) expect(line.slice(line.indexOf(' ') + 1)).toMatch(rest);
}

/** What the application saw comes back a second later: four answers before the toggle, four after it. */
async function expectSeen(read: () => Promise<string>): Promise<void> {
  await until('what the application saw, in `flags get`', 15_000, async () => {
    const text = await read();
    const disabled = text.split('\n').find((line) => line.includes('DISABLED'));
    return disabled !== undefined && /\b4\b/.test(disabled) && text.includes('SPLIT') ? true : undefined;
  });
}
