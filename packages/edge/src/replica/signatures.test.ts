/** An edge that was given keys: what it takes from the bus and from disk, and what its followers get. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Block, NATIVE_PATHS, parseBlocks } from '@flaghoist/protocol/ruleset';
import { createSignatureCheck, type SigningKey } from '@flaghoist/runtime/crypto';
import { newSigningKey } from '@flaghoist/testkit/signing-key';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EdgeServer, type TestStream, until } from '../../test-support/edge-server.ts';
import { append, flag, History, mintKey } from '../../test-support/history.ts';
import { MemoryLog } from '../../test-support/memory-bus.ts';

const OLD = newSigningKey();
const NEW = newSigningKey();
const key = mintKey('server');
const checkOf = (...keys: readonly SigningKey[]) => createSignatureCheck(keys.map(({ publicKey }) => publicKey));

let rulesetDir: string;
let history: History;
let log: MemoryLog;
const edges: EdgeServer[] = [];

beforeEach(async () => {
  rulesetDir = join(await mkdtemp(join(tmpdir(), 'flaghoist-signed-')), 'rulesets');
  log = new MemoryLog();
  history = new History('env-1');
  signWith(OLD);
  history.change(flag('a'), key.line());
});

afterEach(async () => {
  for (const edge of edges.splice(0)) await edge.close();
  await rm(join(rulesetDir, '..'), { recursive: true, force: true });
});

function signWith(signer: SigningKey | null): void {
  history.sign = signer === null ? null : (text) => signer.sign(text);
}

async function start(keys: readonly SigningKey[], on = log): Promise<EdgeServer> {
  const edge = await EdgeServer.create({ log: on, rulesetDir, signatures: checkOf(...keys) });
  edges.push(edge);
  await edge.edge.start();
  return edge;
}

const status = (edge: EdgeServer) => edge.edge.status().environments.find(({ id }) => id === 'env-1');

async function snapshot(edge: EdgeServer): Promise<readonly Block[]> {
  const { status: code, text } = await edge.ask('GET', NATIVE_PATHS.ruleset, { key: key.text });
  expect(code).toBe(200);
  return parseBlocks(text) ?? [];
}

async function follow(edge: EdgeServer, after: string): Promise<TestStream> {
  const stream = await edge.stream(`${NATIVE_PATHS.stream}?after=${after}`, { authorization: `Bearer ${key.text}` });
  await stream.until(({ events }) => events.length > 0);
  return stream;
}

const signersIn = (text: string) => parseBlocks(`${text}\n`)?.map(({ signature }) => signature?.split('.')[0]);

describe('an edge with trusted keys', () => {
  it('hands signatures on in snapshots, patches and heads', async () => {
    history.publishCheckpoint(log);
    const edge = await start([OLD]);
    const stream = await follow(edge, '1.1');
    history.publish(log, flag('a', { enabled: false }));
    await stream.until(({ events }) => events.length === 2);
    expect(stream.events.map(({ event, data }) => [event, signersIn(data)])).toEqual([
      ['head', [OLD.id]],
      ['patch', [OLD.id]],
    ]);
    const check = checkOf(OLD);
    for (const { headText, signature } of await snapshot(edge)) expect(check(headText, signature ?? null)).toBeNull();
    stream.close();
  });

  it.each([
    ['unsigned', null, 'it is not signed'],
    ['of another key', NEW, `it is signed by the key ${NEW.id}, which is not trusted`],
  ] as const)('keeps what it has when what comes is %s, says why, and goes on afterwards', async (_, signer, why) => {
    history.publishCheckpoint(log);
    const edge = await start([OLD]);
    signWith(signer);
    history.publish(log, flag('a', { enabled: false }));
    await until(() => status(edge)?.refused !== undefined);
    expect(status(edge)).toMatchObject({
      revision: 1,
      refused: { reason: 'signature', message: `Revision 1.2 is refused: ${why}.` },
    });
    expect((await snapshot(edge)).at(-1)?.head.revision).toBe(1);
    signWith(OLD);
    history.change(flag('a'));
    history.publishCheckpoint(log);
    await until(() => status(edge)?.revision === 3);
    expect(status(edge)?.refused).toBeUndefined();
  });

  it('takes no signature that is over another environment or an older revision', async () => {
    history.publishCheckpoint(log);
    const first = history.headText;
    const edge = await start([OLD]);
    history.sign = () => OLD.sign(first);
    history.publish(log, flag('a', { enabled: false }));
    await until(() => status(edge)?.refused?.reason === 'signature');
    const other = new History('env-2');
    other.sign = (text) => OLD.sign(text);
    other.change(flag('a', { enabled: false }));
    append(log, 'env-1', 'env-1.1.3', other.checkpoint(), true);
    await until(() => status(edge)?.refused?.reason === 'environment');
    expect(status(edge)).toMatchObject({ revision: 1 });
  });

  it('hands on the signature of a key that takes over, without a new revision', async () => {
    history.publishCheckpoint(log);
    history.publish(log, flag('a', { enabled: false }));
    const edge = await start([OLD, NEW]);
    await snapshot(edge);
    signWith(NEW);
    append(log, 'env-1', `env-1.1.2.checkpoint.${NEW.id}`, history.checkpoint(), true);
    await until(async () => (await snapshot(edge)).every(({ signature }) => signature?.startsWith(NEW.id)));
    const stream = await follow(edge, '1.2');
    expect(signersIn(stream.events[0]?.data ?? '')).toEqual([NEW.id]);
    stream.close();
    // From further back patches lead on that only the old key has signed.
    const behind = await follow(edge, '1.1');
    await behind.until(({ events }) => events.length === 2);
    expect(behind.events.map(({ event }) => event)).toEqual(['head', 'reset']);
    behind.close();
  });

  it('begins with the copy on disk only if a key that it is given now has signed it', async () => {
    history.publishCheckpoint(log);
    const first = await start([OLD]);
    await until(async () => (await readFile(join(rulesetDir, 'env-1', 'ruleset'), 'utf8').catch(() => '')) !== '');
    await first.close();
    edges.length = 0;
    const dead = new MemoryLog();
    dead.failing = true;
    const removed = await start([NEW], dead);
    expect(status(removed)?.revision ?? null).toBeNull();
    expect(removed.logLines.join('')).toContain('which is not trusted');
    await removed.close();
    edges.length = 0;
    expect(status(await start([OLD, NEW], dead))?.revision).toBe(1);
  });
});
