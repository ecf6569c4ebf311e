/** The address at which a key finds its own ruleset: what caches in front may keep, and what they may not. */
import { ownRulesetPath } from '@flaghoist/protocol/ruleset';
import { sha256 } from '@flaghoist/runtime/crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EdgeServer } from '../../../test-support/edge-server.ts';
import { flag, History, mintKey } from '../../../test-support/history.ts';

const server = mintKey('server');
const neighbour = mintKey('server');
const client = mintKey('client');
const relay = mintKey('relay');
const path = (key: { readonly text: string }): string => ownRulesetPath(key.text, sha256);

let edge: EdgeServer;
let history: History;

beforeEach(async () => {
  edge = await EdgeServer.create();
  history = new History('env-1');
  const keys = [server, neighbour, client, relay].map((key) => key.line());
  history.change(flag('one'), ...keys);
  history.publishCheckpoint(edge.log);
  await edge.edge.start();
});

afterEach(() => edge.close());

describe('at its own address a key', () => {
  it('finds its ruleset, which caches may share for four seconds, say by what to purge, and serve while nobody answers', async () => {
    const answer = await edge.ask('GET', path(server), { key: server.text });
    expect(answer.status).toBe(200);
    expect(answer.text).toBe((await edge.ask('GET', '/native/v1/ruleset', { key: server.text })).text);
    const shared = {
      etag: history.etag,
      'cache-control': 'public, max-age=2, stale-while-revalidate=2, stale-if-error=86400',
      vary: 'Accept-Encoding, Authorization, X-API-Key',
      'surrogate-key': `environment-env-1 head-${history.etag.slice(1, -1)}`,
    };
    expect(answer.headers).toMatchObject(shared);
    const headers = { 'if-none-match': history.etag };
    const unchanged = await edge.ask('GET', path(server), { key: server.text, headers });
    expect(unchanged.status).toBe(304);
    expect(unchanged.headers).toMatchObject(shared);
  });

  it('is the only one that finds anything', async () => {
    for (const key of [neighbour, relay]) {
      const { status, headers, json } = await edge.ask('GET', `${path(server)}?environment=env-1`, { key: key.text });
      expect([status, headers['cache-control'], json.code]).toEqual([403, 'no-store', 'address_not_of_key']);
    }
    for (const own of ['x', path(server).slice(0, -1), `${path(server)}/`].map((end) => end.split('/').at(-1) ?? '')) {
      const { status, headers } = await edge.ask('GET', `/native/v1/ruleset/${own}`, { key: server.text });
      expect([status, headers['cache-control']]).toEqual([403, 'no-store']);
    }
  });

  it('is refused as anywhere, and no refusal may be kept', async () => {
    const refusals = await Promise.all([
      edge.ask('GET', path(server)),
      edge.ask('GET', path(client), { key: client.text }),
      edge.ask('GET', path(server), { key: mintKey('server').text }),
      edge.ask('POST', path(server), { key: server.text }),
      edge.ask('GET', `${path(server)}?environment=env-2`, { key: server.text }),
    ]);
    expect(refusals.map(({ status }) => status)).toEqual([401, 403, 401, 405, 403]);
    for (const { headers } of refusals) expect(headers['cache-control']).toBe('no-store');
  });

  it('gets what nobody may share when it waits for a revision, or is an edge’s', async () => {
    const waiting = await edge.ask('GET', path(server), {
      key: server.text,
      headers: { 'flaghoist-at-least': 'env-1:1.1' },
    });
    const following = await edge.ask('GET', `${path(relay)}?environment=env-1`, { key: relay.text });
    for (const { status, headers } of [waiting, following]) {
      expect([status, headers['cache-control']]).toEqual([200, 'private, no-cache']);
      expect(headers).not.toHaveProperty('surrogate-key');
    }
  });
});
