/** An application that starts while no server lives answers all the same, and goes on by itself when one is back. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type Application, type First, startProviderApplication } from '../application.ts';
import { makeKey, type ManagementApi, setUp } from '../management-api.ts';
import { startServer } from '../running-server.ts';
import { openScene, type Scene } from '../scene.ts';

const STAFF = { targetingKey: 'ada', email: 'ada@shop.example' };
const FIRST: First = { flag: 'theme', fallback: 'plain', context: STAFF };
/** Several attempts to connect have failed by then; the next one follows within seconds. */
const BACK_WITHIN_MS = 40_000;

it('Applications start from disk or from a bootstrap file while the server is dead, and follow it when it is back', async () => {
  const scene = openScene();
  const data = await scene.folder();
  const server = await startServer(scene, { data });
  const api = await setUp(server);
  const key = await makeShop(api);
  const { url, port } = server;
  const usedDir = await scene.folder();
  await visitOnce(scene, { url, key, dataDir: usedDir });
  const bootstrapFile = await saveRuleset(scene, url, key);
  await server.kill();

  const fromDisk = await startProviderApplication(scene, { url, key, dataDir: usedDir }, FIRST);
  const dataDir = await scene.folder();
  const fromFile = await startProviderApplication(scene, { url, key, dataDir, bootstrapFile }, FIRST);
  const bare = { url, key, dataDir: await scene.folder(), initTimeoutMs: 300 };
  const fromNothing = await startProviderApplication(scene, bare, FIRST);
  console.log(
    `first answer without a server: ${fromDisk.firstAnswerMs.toFixed(0)} ms from disk, ${fromFile.firstAnswerMs.toFixed(0)} ms from a bootstrap file`,
  );
  for (const application of [fromDisk, fromFile]) {
    expect(application.firstAnswer).toMatchObject({ value: 'dark', rule: 'staff' });
    expect(application.firstAnswerMs).toBeLessThan(1_000);
    await expectStale(application);
  }
  expect(fromNothing.firstAnswer).toMatchObject({ value: 'plain', errorCode: 'PROVIDER_NOT_READY' });

  const applications = [fromDisk, fromFile, fromNothing];
  const places = applications.map(({ events }) => events.length);
  const back = await startServer(scene, { data, port });
  expect(back.url).toBe(url);
  for (const [i, application] of applications.entries()) {
    await application.event('PROVIDER_READY', BACK_WITHIN_MS, places[i]);
    expect(await application.status()).toBe('READY');
    expect(await application.evaluate('theme', 'plain', [STAFF])).toMatchObject([{ value: 'dark', rule: 'staff' }]);
  }
  await api.configure('shop', 'production', 'theme', { rules: [] });
  for (const application of applications) {
    const changed = await application.event('PROVIDER_CONFIGURATION_CHANGED', 5_000);
    expect(changed.flagsChanged).toEqual(['theme']);
    expect(await application.evaluate('theme', 'plain', [STAFF])).toMatchObject([{ value: 'light', reason: 'STATIC' }]);
    expect(await application.close()).toMatchObject({ code: 0, stderr: '' });
  }
});

it('A copy on disk that was damaged is not believed', async () => {
  const scene = openScene();
  const server = await startServer(scene, { data: await scene.folder() });
  const { url } = server;
  const key = await makeShop(await setUp(server));
  const bootstrapFile = await saveRuleset(scene, url, key, (text) => text.replace('"dark"', '"evil"'));
  await server.kill();

  const options = { url, key, dataDir: await scene.folder(), bootstrapFile, initTimeoutMs: 300 };
  const application = await startProviderApplication(scene, options, FIRST);
  expect(application.firstAnswer).toMatchObject({ value: 'plain', errorCode: 'PROVIDER_NOT_READY' });
});

async function makeShop(api: ManagementApi): Promise<string> {
  await api.write('POST', '/projects', { key: 'shop', environments: ['production'] });
  const variants = { light: 'light', dark: 'dark' };
  const flag = { key: 'theme', type: 'string', variants, defaultVariant: 'light', enabled: true };
  await api.write('POST', '/projects/shop/flags', flag);
  const conditions = [{ attribute: 'email', operator: 'endsWith', values: ['@shop.example'] }];
  const rules = [{ id: 'staff', conditions, serve: { variant: 'dark' } }];
  await api.configure('shop', 'production', 'theme', { rules });
  return (await makeKey(api, 'shop', 'production', 'server')).secret;
}

/** Leaves a ruleset in `dataDir`. */
async function visitOnce(scene: Scene, options: { readonly dataDir: string; readonly [option: string]: unknown }) {
  const application = await startProviderApplication(scene, options, FIRST);
  expect(application.firstAnswer).toMatchObject({ value: 'dark', rule: 'staff' });
  await application.close();
}

async function saveRuleset(
  scene: Scene,
  url: string,
  key: string,
  change: (text: string) => string = (text) => text,
): Promise<string> {
  const answer = await fetch(`${url}/native/v1/ruleset`, { headers: { authorization: `Bearer ${key}` } });
  expect(answer.status).toBe(200);
  const path = join(await scene.folder(), 'bootstrap.ruleset');
  await writeFile(path, change(await answer.text()));
  return path;
}

/** It has said that it is ready, and then that nobody confirms what it has. */
async function expectStale(application: Application): Promise<void> {
  await application.event('PROVIDER_STALE', 10_000);
  expect(application.events.map(({ event }) => event)).toEqual(['PROVIDER_READY', 'PROVIDER_STALE']);
  expect(await application.status()).toBe('STALE');
}
