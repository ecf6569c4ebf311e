/** Rulesets are signed where they are published: whoever stands in between can hold them back, and nothing else. */
import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateSigningKey, parseSigningKey } from '@flaghoist/runtime/crypto';
import { type Block, parseBlocks } from '@flaghoist/protocol/ruleset';
import { startPostgresServer } from '@flaghoist/testkit/postgres';
import { expect, it } from 'vitest';
import { type Application, startProviderApplication } from '../application.ts';
import { createChangeWriter } from '../change-writer.ts';
import { openCommandLine } from '../command-line.ts';
import { makeKey, type ManagementApi, setUp } from '../management-api.ts';
import { type Attack, forge, startManInTheMiddle } from '../man-in-the-middle.ts';
import { askOverOfrep } from '../ofrep.ts';
import { type RunningServer, type ServerPlace, startServer } from '../running-server.ts';
import { openScene, type Scene } from '../scene.ts';
import { until } from '../until.ts';

const WITHIN_MS = 60_000;
const CONTEXT = { targetingKey: 'somebody' };
const FIRST = { flag: 'counter', fallback: -1, context: CONTEXT };
const FORGED = 666;
const FLAG = { project: 'shop', environment: 'production', flag: 'counter' };

it('row 28: what a man in the middle forges, replays or strips of its signature is used by no provider and no edge', async () => {
  const scene = openScene();
  const [signer] = await makeSigners(scene, 1);
  const data = await scene.folder();
  const server = await startServer(scene, { data, args: ['--signing-key', signer.file] });
  const api = await setUp(server);
  const key = await makeCounter(api);
  const other = await makeOther(api);
  const middle = await startManInTheMiddle(scene, server.url);
  const options = { url: middle.url, key, dataDir: await scene.folder(), trustedKeys: [signer.publicKey] };
  const writer = await createChangeWriter(api, FLAG);
  await writer.write(1);
  const { secret: relay } = await makeKey(api, 'shop', 'production', 'relay');
  const edge = await startServer(scene, {
    data: await scene.folder(),
    args: ['--roles', 'edge', '--upstream', middle.url, '--trusted-keys', signer.publicKey],
    env: { FLAGHOIST_RELAY_KEY: relay },
  });
  await expectAtDoor(edge, key, 1);
  const provider = await startProviderApplication(scene, options, FIRST);
  await provider.observe('counter', CONTEXT);
  await expectValue(provider, 1);

  const before = await snapshotOf(server, key);
  const mine = parseSigningKey(generateSigningKey());
  const tamper = (block: Block): Block => forge(block, (json) => json.replace(/"now":\d+/, `"now":${FORGED}`));
  middle.attack((blocks) => blocks.map(tamper));
  await writer.write(2);
  await untilAltered(middle, 4);
  await until('the edge refuses it', WITHIN_MS, async () =>
    edge.program.stderr.includes('"reason":"signature"') ? true : undefined,
  );
  await expectValue(provider, 1);
  await expectAtDoor(edge, key, 1);
  middle.attack((blocks) => blocks.map(() => before));
  await writer.write(3);
  await untilAltered(middle, 1);
  middle.attack(null);
  await expectValue(provider, 3);
  await expectAtDoor(edge, key, 3);

  // An application that starts now has nothing to hold on to.
  const attacks: { readonly [what: string]: Attack } = {
    'no signature': (blocks) => blocks.map(({ head, headText, entities }) => ({ head, headText, entities })),
    'a trusted key’s id over a key of its own': (blocks) =>
      blocks.map(tamper).map((block) => ({
        ...block,
        signature: mine?.sign(block.headText).replace(mine.id, signer.id) ?? '',
      })),
  };
  for (const [what, attack] of Object.entries(attacks)) {
    middle.attack(attack);
    const cold = await startProviderApplication(scene, { ...options, dataDir: false, initTimeoutMs: 500 }, FIRST);
    expect(cold.firstAnswer, what).toMatchObject({ value: -1, errorCode: 'PROVIDER_NOT_READY' });
    expect(middle.altered, what).toBeGreaterThan(0);
    await cold.close();
  }
  // Signed by the right key, of the wrong environment: a provider that was told which one it is in does not take it.
  const elsewhere = await snapshotOf(server, other);
  middle.attack(() => [elsewhere]);
  const told = { ...options, dataDir: false, initTimeoutMs: 500, environment: before.head.environment };
  const cold = await startProviderApplication(scene, told, FIRST);
  expect(cold.firstAnswer).toMatchObject({ errorCode: 'PROVIDER_NOT_READY' });
  middle.attack(null);
  await expectValue(cold, 3);

  const { failures, backwards, evaluations } = await provider.rest();
  expect({ failures, backwards }).toEqual({ failures: [], backwards: [] });
  expect(evaluations).toBeGreaterThan(50);
}, 240_000);

it('row 31: keys are exchanged under load without a gap, and a key that was removed is refused at once', async () => {
  const scene = openScene();
  const postgres = await startPostgresServer();
  scene.atEnd(() => postgres.stop());
  const [old, next] = await makeSigners(scene, 2);
  const place = async (...args: readonly string[]): Promise<ServerPlace> => ({
    data: await scene.folder(),
    databaseUrl: postgres.url,
    args,
  });
  const folder = await scene.folder();
  const [signs, trusts] = [join(folder, 'signing.pem'), join(folder, 'trusted')];
  const trust = (...signers: readonly Signer[]) =>
    writeFile(trusts, signers.map(({ publicKey }) => `${publicKey}\n`).join(''));
  const both = [old.publicKey, next.publicKey];
  await copyFile(old.file, signs);
  await trust(old);
  const publisher = await startServer(
    scene,
    await place('--roles', 'control,publisher,worker', '--signing-key', signs),
  );
  const api = await setUp(publisher);
  const key = await makeCounter(api);
  const writer = await createChangeWriter(api, FLAG);
  const doorPlace = await place('--roles', 'edge', '--trusted-keys', trusts);
  let door = await startServer(scene, doorPlace);
  const options = { url: door.url, key, dataDir: await scene.folder() };
  const provider = await startProviderApplication(scene, { ...options, trustedKeys: both }, FIRST);
  await provider.observe('counter', CONTEXT);
  let value = 0;
  const write = async (times: number): Promise<void> => {
    for (let i = 0; i < times; i++) await writer.write(++value);
  };
  await write(3);
  await expectValue(provider, value);

  // The new key is trusted everywhere first, then signs, and then the old one is trusted no more: nothing is restarted.
  await trust(old, next);
  await logged(door, 'other keys are trusted from now on');
  await copyFile(next.file, signs);
  await until('the new key signs', WITHIN_MS, async () => {
    await write(1);
    return publisher.program.stderr.includes('signed with a new key from now on') ? true : undefined;
  });
  await write(2);
  await expectValue(provider, value);
  await savedBy(provider, options.dataDir, next.id);
  await trust(next);
  await logged(door, 'other keys are trusted from now on', 2);
  // What it begins with is from its disk, signed anew there too.
  await door.stop();
  door = await startServer(scene, { ...doorPlace, port: door.port });
  await expectAtDoor(door, key, value);
  await write(2);
  await expectValue(provider, value);
  const { failures, backwards } = await provider.rest();
  expect({ failures, backwards }).toEqual({ failures: [], backwards: [] });
  await provider.close();

  // Whoever has the old key, and the database too, is not believed any more.
  await copyFile(old.file, signs);
  await logged(publisher, 'signed with a new key from now on', 2);
  await writer.write(FORGED);
  await until('the edge refuses it', WITHIN_MS, async () =>
    door.program.stderr.includes(`signed by the key ${old.id}, which is not trusted`) ? true : undefined,
  );
  await expectAtDoor(door, key, value);
}, 240_000);

it('a key file that others can read, or that is none, stops the start and says what to do', async () => {
  const scene = openScene();
  const commandLine = await openCommandLine(scene);
  const folder = await scene.folder();
  const failed = async (...args: readonly string[]) => {
    const { code, stderr } = await commandLine.run('start', '--port', '0', '--data', join(folder, 'data'), ...args);
    return { code, stderr };
  };
  expect(await failed('--signing-key', join(folder, 'none'))).toEqual({
    code: 1,
    stderr: expect.stringContaining('cannot be read: ENOENT'),
  });
  expect(await failed('--trusted-keys', join(folder, 'none'))).toEqual({
    code: 1,
    stderr: expect.stringContaining('neither a public key of 43 characters nor a file'),
  });
}, 120_000);

async function logged({ program }: RunningServer, words: string, times = 1): Promise<void> {
  await until(`"${words}" in a log`, WITHIN_MS, async () =>
    program.stderr.split(words).length > times ? true : undefined,
  );
}

interface Signer {
  readonly file: string;
  readonly id: string;
  readonly publicKey: string;
}

async function makeSigners(scene: Scene, count: 1): Promise<readonly [Signer]>;
async function makeSigners(scene: Scene, count: 2): Promise<readonly [Signer, Signer]>;
async function makeSigners(scene: Scene, count: number): Promise<readonly Signer[]> {
  const commandLine = await openCommandLine(scene);
  const folder = await scene.folder();
  const make = (_: unknown, i: number) =>
    commandLine.json<Signer>('signing-key', 'create', '--out', join(folder, `${i}.pem`));
  return Promise.all(Array.from({ length: count }, make));
}

async function makeCounter(api: ManagementApi): Promise<string> {
  await api.write('POST', '/projects', { key: 'shop', environments: ['production', 'staging'] });
  const flag = { key: 'counter', type: 'number', variants: { now: 0 }, defaultVariant: 'now', enabled: true };
  await api.write('POST', '/projects/shop/flags', flag);
  return (await makeKey(api, 'shop', 'production', 'server')).secret;
}

async function makeOther(api: ManagementApi): Promise<string> {
  return (await makeKey(api, 'shop', 'staging', 'server')).secret;
}

/** The newest revision as one full block. */
async function snapshotOf({ url }: RunningServer, key: string): Promise<Block> {
  const answer = await fetch(`${url}/native/v1/ruleset`, { headers: { authorization: `Bearer ${key}` } });
  const [block] = parseBlocks(await answer.text()) ?? [];
  if (block === undefined) throw new Error(`a snapshot was answered ${answer.status}`);
  return block;
}

async function untilAltered(middle: { readonly altered: number }, times: number): Promise<void> {
  await until(`${times} answers were altered`, WITHIN_MS, async () => (middle.altered >= times ? true : undefined));
}

async function expectValue(application: Application, value: number): Promise<void> {
  await until(`value ${value} in the application`, WITHIN_MS, async () => {
    const [answer] = await application.evaluate('counter', -1, [CONTEXT]);
    return answer?.value === value ? true : undefined;
  });
}

async function expectAtDoor({ url }: RunningServer, key: string, value: number): Promise<void> {
  await until(`value ${value} at the door`, WITHIN_MS, async () => {
    const { status, text } = await askOverOfrep(url, key, 'counter');
    return status === 200 && (JSON.parse(text) as { readonly value: number }).value === value ? true : undefined;
  });
}

/** What the provider would begin with is signed by that key. */
async function savedBy(provider: Application, dataDir: string, id: string): Promise<void> {
  await until('the copy on disk has the new signature', WITHIN_MS, async () => {
    expect(provider.program.running).toBe(true);
    for (const name of await readdir(dataDir, { recursive: true })) {
      const text = await readFile(join(dataDir, name), 'utf8').catch(() => '');
      if (text.includes(`\nsignature\t${id}.`)) return true;
    }
    return undefined;
  });
}
