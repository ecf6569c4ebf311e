import { readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ErrorCode } from '@openfeature/server-sdk';
import { describe, expect, it } from 'vitest';
import { flag, gone } from '@flaghoist/testkit/published-environment';
import { KEY, OWN_RULESET } from '../test-support/native-door.ts';
import { Scene, SILENT } from '../test-support/scene.ts';
import { until } from '../test-support/until.ts';

const scene = Scene.forEachTest();

describe('a provider that starts', () => {
  it('row 20: rejects in time with the reason when there is no server and no file, and is ready later by itself', async () => {
    await scene.door.close();
    const { client: flags, error, said } = await scene.client(scene.provider({ initTimeoutMs: 50 }));
    expect(error).toMatchObject({ code: ErrorCode.PROVIDER_NOT_READY });
    expect(error?.message).toMatch(/no ruleset from http:\/\/127\.0\.0\.1:\d+ within 50 ms.*ECONNREFUSED/);
    expect(await flags.getBooleanDetails('checkout', true)).toMatchObject({
      value: true,
      reason: 'ERROR',
      errorCode: ErrorCode.PROVIDER_NOT_READY,
    });
    await scene.door.reopen();
    await until('READY', () => said.includes('READY'));
    expect(said).toEqual(['ERROR', 'READY']);
    expect(await flags.getBooleanValue('checkout', true)).toBe(false);
  });

  it('rejects at once when the server refuses the key', async () => {
    scene.door.refusal = { status: 401 };
    const { error, said } = await scene.client(scene.provider({ initTimeoutMs: 60_000 }));
    expect(error?.message).toContain('the server does not accept the key');
    expect(said).toEqual(['ERROR']);
  });

  it('says ERROR, and answers on from its file, when the key is refused later', async () => {
    await scene.client(scene.provider());
    await until('a file', () => scene.door.streams === 1);
    await scene.closeProviders();
    scene.door.refusal = { status: 403 };
    const { client: flags, error, said } = await scene.client(scene.provider());
    expect(error).toBeNull();
    await until('ERROR', () => said.includes('ERROR'));
    expect(said).toEqual(['READY', 'ERROR']);
    expect(await flags.getBooleanDetails('checkout', true)).toMatchObject({ value: false, reason: 'STATIC' });
  });

  it('comes back after 503 with Retry-After, and not before', async () => {
    scene.door.refusal = { status: 503, headers: { 'retry-after': '1' } };
    const began = performance.now();
    const { error, said } = await scene.client(scene.provider({ initTimeoutMs: 500 }));
    expect(error?.message).toContain('status 503');
    scene.door.refusal = null;
    await until('READY', () => said.includes('READY'));
    expect(performance.now() - began).toBeGreaterThan(1_000);
    expect(scene.door.requests.filter((line) => line.includes('/ruleset'))).toHaveLength(2);
  });

  it('answers from its file although nothing listens, and says STALE after READY', async () => {
    const { said: saidBefore } = await scene.client(scene.provider());
    await until('a stream', () => scene.door.streams === 1);
    scene.door.publish([flag('checkout', 'on')]);
    await until('the change', () => saidBefore.includes('CHANGED checkout'));
    await scene.closeProviders();
    await scene.door.close();
    const began = performance.now();
    const {
      client: flags,
      error,
      said,
    } = await scene.client(scene.provider({ initTimeoutMs: 60_000, freshWaitMs: 30_000 }));
    expect([error, performance.now() - began < 5_000]).toEqual([null, true]);
    await until('STALE', () => said.includes('STALE'));
    expect(said).toEqual(['READY', 'STALE']);
    expect(await flags.getBooleanDetails('checkout', false)).toMatchObject({
      value: true,
      flagMetadata: { revision: 2, stale: true },
    });
  });

  it('waits freshWaitMs for a server that does not answer, then answers from its file', async () => {
    await scene.client(scene.provider());
    await scene.closeProviders();
    scene.door.hang = true;
    const { error, said } = await scene.client(scene.provider({ freshWaitMs: 50, staleAfterMs: 200 }));
    expect(error).toBeNull();
    await until('STALE', () => said.includes('STALE'));
    expect(said).toEqual(['READY', 'STALE']);
  });

  it('goes straight to the stream when it has a file', async () => {
    await scene.client(scene.provider());
    await scene.closeProviders();
    scene.door.environment.publish([flag('checkout', 'on')]);
    scene.door.requests.length = 0;
    const { client: flags } = await scene.client(scene.provider({ freshWaitMs: 30_000 }));
    expect(scene.door.requests[0]).toBe('GET /native/v1/stream?after=1.1');
    expect(await flags.getBooleanValue('checkout', false)).toBe(true);
    expect(scene.door.requests.filter((line) => line.includes('/ruleset'))).toEqual([]);
  });

  it('ignores a file that is corrupt, says so, and fetches', async () => {
    await scene.client(scene.provider());
    await scene.closeProviders();
    const name = (await readdir(scene.dataDir)).find((name) => name.endsWith('.ruleset'));
    const path = join(scene.dataDir, name ?? '');
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace('"checkout"', '"chekcout"'));
    const warnings: unknown[] = [];
    const logger = { ...SILENT, warn: (message: unknown) => warnings.push(message) };
    scene.door.requests.length = 0;
    const { client: flags, error } = await scene.client(scene.provider({ logger }));
    expect(error).toBeNull();
    expect(String(warnings[0])).toContain('The saved ruleset is ignored: its content does not have the hash');
    expect(scene.door.requests[0]).toBe(`GET ${OWN_RULESET}`);
    expect(await flags.getBooleanValue('checkout', true)).toBe(false);
  });

  it('begins with a bootstrap file where there is no other, and follows the server from there', async () => {
    const bootstrapFile = join(scene.dataDir, 'bootstrap');
    const answer = await fetch(`${scene.door.url}/native/v1/ruleset`, { headers: { authorization: `Bearer ${KEY}` } });
    await writeFile(bootstrapFile, await answer.text());
    await scene.door.close();
    const { client: flags, error, said } = await scene.client(scene.provider({ bootstrapFile, dataDir: false }));
    expect(error).toBeNull();
    expect(await flags.getNumberValue('limit', 0)).toBe(10);
    scene.door.environment.publish([gone('flag', 'limit')]);
    await scene.door.reopen();
    await until('the change', () => said.includes('CHANGED limit'));
  });

  it('row 20: without a server, a corrupt bootstrap file is said, and the code defaults answer', async () => {
    await scene.door.close();
    const bootstrapFile = join(scene.dataDir, 'bootstrap');
    await writeFile(bootstrapFile, '{"format":2,"length":3');
    const warnings: unknown[] = [];
    const logger = { ...SILENT, warn: (message: unknown) => warnings.push(message) };
    const began = performance.now();
    const provider = scene.provider({ bootstrapFile, initTimeoutMs: 50, logger });
    const { client: flags, error } = await scene.client(provider);
    expect(performance.now() - began).toBeLessThan(5_000);
    expect(error).toMatchObject({ code: ErrorCode.PROVIDER_NOT_READY });
    expect(await flags.getBooleanValue('checkout', true)).toBe(true);
    expect(warnings.some((text) => String(text).includes('The bootstrap file is ignored'))).toBe(true);
  });

  it('answers from the older generation when the newer one is torn', async () => {
    const { said } = await scene.client(scene.provider());
    scene.door.publish([flag('checkout', 'on')]);
    await until('the change', () => said.includes('CHANGED checkout'));
    await scene.closeProviders();
    await scene.door.close();
    const name = (await readdir(scene.dataDir)).find((name) => name.endsWith('.ruleset')) ?? '';
    await truncate(join(scene.dataDir, name), 100);
    const { client: flags, error } = await scene.client(scene.provider());
    expect(error).toBeNull();
    const answer = await flags.getBooleanDetails('checkout', true);
    expect(answer).toMatchObject({ value: false, flagMetadata: { revision: 1 } });
  });

  it('reports a bootstrap file that does not exist', async () => {
    const warnings: unknown[] = [];
    const logger = { ...SILENT, warn: (message: unknown) => warnings.push(message) };
    const { error } = await scene.client(scene.provider({ bootstrapFile: join(scene.dataDir, 'nowhere'), logger }));
    expect(error).toBeNull();
    expect(String(warnings[0])).toMatch(/The bootstrap file could not be read: .*ENOENT/);
  });

  it('keeps its file readable by its user only, and none when dataDir is false', async () => {
    await scene.client(scene.provider({ dataDir: false }));
    expect(await readdir(scene.dataDir)).toEqual([]);
    const folder = join(scene.dataDir, 'new', 'folder');
    await scene.client(scene.provider({ dataDir: folder }));
    await scene.closeProviders();
    const [name] = await readdir(folder);
    expect(name).toMatch(/^[\w-]{43}\.ruleset$/);
    const modes = [await stat(folder), await stat(join(folder, name ?? ''))].map(({ mode }) => mode & 0o777);
    expect(modes).toEqual([0o700, 0o600]);
  });
});
