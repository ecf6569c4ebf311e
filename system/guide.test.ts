/** The guides show commands that are understood, programs that run and JSON that the server takes. */
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { runProgram } from './child-program.ts';
import { awaitCounts } from './evaluation-counts.ts';
import { makeKey, type ManagementApi, setUp } from './management-api.ts';
import { readSnippets } from './markdown.ts';
import { askOverOfrep } from './ofrep.ts';
import { FLAGHOIST, type RunningServer, startServer } from './running-server.ts';
import { openScene, type Scene } from './scene.ts';
import { until } from './until.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const HERE = fileURLToPath(new URL('.', import.meta.url));
const GUIDE = join(ROOT, 'docs/guide');
const PROVIDER = join(ROOT, 'packages/openfeature-server/README.md');
const RULES = join(GUIDE, 'rules.md');
/** A well-formed token that no server knows: what is understood gets as far as being refused. */
const STRANGER = 'fht_0000000000_0000000000000000000000000000000000000000000_000000';
const NOT_ALLOWED = 4;
const FAILED = 1;
const AT_ONCE = 4;

it('Every command of the guides is understood', async () => {
  const scene = openScene();
  const data = await scene.folder();
  const server = await startServer(scene, { data });
  const terminal = await openTerminal(scene, server, STRANGER);
  const names = (await readdir(GUIDE)).filter((name) => name.endsWith('.md')).map((name) => join(GUIDE, name));
  const commands = (await Promise.all([...names, PROVIDER].map((path) => readCommands(path)))).flat();
  expect(commands.length).toBeGreaterThan(50);
  const outcomes = await mapInTurns(commands, AT_ONCE, async (command) => {
    const { code, stderr } = await terminal(understandable(command, server, data));
    return { command, code, ...(code === expectedCode(command) ? {} : { stderr }) };
  });
  expect(outcomes).toEqual(commands.map((command) => ({ command, code: expectedCode(command) })));
}, 120_000);

it('The commands and the JSON of the guide to rules do what it says', async () => {
  const scene = openScene();
  const server = await startServer(scene, { data: await scene.folder() });
  const api = await setUp(server);
  await api.write('POST', '/projects', { key: 'shop', environments: ['staging', 'production'] });
  await api.write('POST', '/projects/shop/flags', { key: 'new-checkout', type: 'boolean' });
  const terminal = await openTerminal(scene, server, api.token);
  const newLogin = { key: 'new-login', type: 'string', variants: { on: 'A', beta: 'B' } };
  await api.write('POST', '/projects/shop/flags', newLogin);
  const [configuration = '', ...others] = (await readSnippets(RULES))
    .filter(({ language }) => language === 'json')
    .map(({ text }) => text);

  for (const command of await readCommands(RULES)) {
    const { code, stderr } = await terminal(command, { 'configuration.json': configuration });
    expect({ command, code, stderr }).toEqual({ command, code: 0, stderr: expect.any(String) });
  }
  const path = (environment: string): string => `/projects/shop/environments/${environment}/flags/new-checkout`;
  expect(await api.get(path('production'))).toMatchObject(JSON.parse(configuration) as object);

  const documents = others.map((text) => JSON.parse(text) as object);
  for (const document of documents.filter((one) => !('edits' in one)))
    await writeAsShown(api, '/projects/shop/environments/production', document);

  const [{ edits }] = documents.filter((one) => 'edits' in one) as [{ edits: readonly { environment: string }[] }];
  const current = await Promise.all(
    edits.map(async (edit) => {
      const { revision } = await api.get<{ readonly revision: number }>(path(edit.environment));
      return { ...edit, ifMatch: revision };
    }),
  );
  await api.write('POST', '/projects/shop/changes', { edits: current });
  expect(await api.get(path('staging'))).toMatchObject({ enabled: true });
  expect(await api.get(path('production'))).toMatchObject({ enabled: false });
});

it('The programs of the provider’s guide run', async () => {
  const scene = openScene();
  const server = await startServer(scene, { data: await scene.folder() });
  const api = await setUp(server);
  await api.write('POST', '/projects', { key: 'shop', environments: ['production'] });
  await api.write('POST', '/projects/shop/flags', { key: 'new-checkout', type: 'boolean', enabled: true });
  const { secret: key } = await makeKey(api, 'shop', 'production', 'server');
  await until('a door that knows the key', 10_000, async () =>
    (await askOverOfrep(server.url, key, null)).status === 200 ? true : undefined,
  );

  const programs = (await readSnippets(PROVIDER)).filter(({ language }) => language === 'js');
  expect(programs.length).toBeGreaterThan(1);
  // They are pieces of one program, which has a user and, at its end, says what it got.
  const text = [
    `const user = { id: 'ada', plan: 'pro' };`,
    ...programs.map((program) => program.text.replaceAll(/'http:\/\/localhost:\d+'/g, `'${server.url}'`)),
    'console.log(JSON.stringify({ value, variant, reason }));',
    'await OpenFeature.close();',
  ].join('\n');
  const folder = await scene.folder(HERE);
  await writeFile(join(folder, 'program.mjs'), text);
  const env = { FLAGHOIST_KEY: key, TMPDIR: await scene.folder() };
  const { code, stdout, stderr } = await runProgram(scene, { args: ['program.mjs'], cwd: folder, env });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(stdout)).toEqual({ value: true, variant: 'on', reason: 'STATIC' });
  // Two of the program; the third is this test's question whether the key is known.
  const counts = await awaitCounts(api, '/projects/shop/environments/production', 3);
  expect(counts).toMatchObject({ evaluations: 3, missing: 0, dropped: 0 });
});

/** Saves what a snippet shows, where it belongs: a segment, a rule, a condition, or members of a configuration. */
async function writeAsShown(api: ManagementApi, environment: string, document: object): Promise<void> {
  if ('key' in document) {
    await api.write('POST', `${environment}/segments`, document);
    return;
  }
  const isCondition = 'bucket' in document || 'segment' in document;
  const rule = isCondition ? { id: 'shown', conditions: [document], serve: { variant: 'on' } } : document;
  const edit = isCondition || 'conditions' in document ? { rules: [rule] } : document;
  const written = await api.write('PATCH', `${environment}/flags/new-checkout`, edit, { ifMatch: '*' });
  expect(written).toMatchObject(edit);
}

/** Lines of shell snippets that begin with the command. */
async function readCommands(path: string): Promise<readonly string[]> {
  const shells = (await readSnippets(path)).filter(({ language }) => language === 'sh');
  const lines = shells.flatMap(({ text }) => text.replaceAll('\\\n', ' ').split('\n'));
  return lines.filter((line) => /^(npx )?flaghoist /.test(line));
}

/** `start` would go on: `config` takes the same options, reads them in the same way, and ends. */
function understandable(command: string, { url }: RunningServer, data: string): string {
  return command
    .replace(/^((?:npx )?flaghoist) start/, '$1 config')
    .replaceAll('http://127.0.0.1:4242', url)
    .replaceAll('https://flags.example.org', url)
    .replace(/(--recover --data|restore .*--data|restore --data) \S+/, `$1 ${data}`)
    .replaceAll('…', '0');
}

function expectedCode(command: string): number {
  // A server that runs has the folder.
  if (/flaghoist restore (?!--list)/.test(command)) return FAILED;
  // In a folder that has no key yet.
  if (/flaghoist signing-key show/.test(command)) return FAILED;
  return /flaghoist (start|config|setup --recover|restore|signing-key)/.test(command) ? 0 : NOT_ALLOWED;
}

/** A shell in an empty folder, in which `flaghoist` and `npx flaghoist` are the command of this checkout. */
async function openTerminal(scene: Scene, server: RunningServer, token: string) {
  const folder = await scene.folder();
  const bin = join(folder, 'bin');
  await mkdir(bin);
  await symlink(FLAGHOIST, join(bin, 'flaghoist'));
  const env = {
    PATH: `${bin}:${process.env['PATH'] ?? ''}`,
    XDG_CONFIG_HOME: folder,
    FLAGHOIST_URL: server.url,
    FLAGHOIST_TOKEN: token,
  };
  const files = {
    'configuration.json': '{"enabled":true}',
    'new-checkout.json': '{"enabled":true}',
    'staff.json': '{"included":[]}',
  };
  let turn = 0;
  return async (command: string, own: Readonly<Record<string, string>> = files) => {
    const cwd = join(folder, `turn-${++turn}`);
    await mkdir(cwd);
    for (const [name, text] of Object.entries(own)) await writeFile(join(cwd, name), text);
    return runProgram(scene, { command: 'sh', args: ['-c', command.replace(/^npx /, '')], cwd, env });
  };
}

async function mapInTurns<T, R>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  for (let at = 0; at < items.length; at += atOnce)
    results.push(...(await Promise.all(items.slice(at, at + atOnce).map((item) => work(item)))));
  return results;
}
