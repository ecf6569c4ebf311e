/** What whoever asks for "at least revision N" gets, through both doors. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Answer, EdgeServer, until } from '../../test-support/edge-server.ts';
import { flag, History, mintKey } from '../../test-support/history.ts';

const key = mintKey('server');
const other = mintKey('server');
const ID = 'env-1';
let edge: EdgeServer;
let history: History;

beforeEach(async () => {
  edge = await EdgeServer.create({ limits: { waitingRequests: 8 } });
  history = new History(ID);
  history.change(flag('a'), key.line(), other.line());
  history.publishCheckpoint(edge.log);
  await edge.edge.start();
});
afterEach(() => edge.close());

const DOORS = [
  ['one flag by OFREP', 'POST', '/ofrep/v1/evaluate/flags/a'],
  ['all flags by OFREP', 'POST', '/ofrep/v1/evaluate/flags'],
  ['the ruleset', 'GET', '/native/v1/ruleset'],
] as const;

describe.each(DOORS)('%s', (_what, method, path) => {
  const ask = (atLeast: string, more: Readonly<Record<string, string>> = {}): Promise<Answer> =>
    edge.ask(method, path, { key: key.text, headers: { 'flaghoist-at-least': atLeast, ...more } });
  const byBaggage = (baggage: string): Promise<Answer> =>
    edge.ask(method, path, { key: key.text, headers: { baggage } });

  it('is answered at once from what has been reached, and says from which revision', async () => {
    for (const place of ['1.1', '1.0', `${ID}:1.1`, '1.1; wait=5000; else=refuse']) {
      const answer = await ask(place);
      expect([answer.status, answer.headers['flaghoist-revision']]).toEqual([200, '1.1']);
    }
    expect((await byBaggage(`user=1,flaghoist-at-least=${ID}:1.1`)).status).toBe(200);
  });

  it('waits for a revision that is on its way', async () => {
    const [first, second] = [ask('1.3;wait=5000'), byBaggage(`flaghoist-at-least=${ID}:1.3;wait=5000`)];
    history.publish(edge.log, flag('a', { enabled: false }));
    await until(() => edge.edge.status().environments[0]?.revision === 2);
    history.publish(edge.log, flag('b'));
    for (const answer of await Promise.all([first, second]))
      expect([answer.status, answer.headers['flaghoist-revision']]).toEqual([200, '1.3']);
  });

  it('asks the bus at once', async () => {
    const before = edge.log.reads.filter((read) => read === 'heads').length;
    const answer = ask('1.2;wait=5000');
    await until(() => edge.log.reads.filter((read) => read === 'heads').length > before);
    history.publish(edge.log);
    expect((await answer).status).toBe(200);
  });

  it('is refused when the time is over, or answered from what there is, as was asked', async () => {
    const refused = await ask('1.2;wait=10');
    expect([refused.status, refused.headers['retry-after']]).toEqual([409, '1']);
    expect(refused.text).toMatch(/This edge has revision 1\.1, and 1\.2 was asked for/);
    const stale = await ask('1.2;wait=10;else=stale');
    expect([stale.status, stale.headers['flaghoist-revision']]).toEqual([200, '1.1']);
    expect((await byBaggage(`flaghoist-at-least=${ID}:1.2;wait=0`)).status).toBe(409);
  });

  it('is refused at once when it is too far ahead to be on its way', async () => {
    const began = performance.now();
    for (let i = 0; i < 2; i++) expect((await ask('1.1002;wait=5000')).status).toBe(409);
    expect((await ask('1.1002;wait=5000;else=stale')).status).toBe(200);
    // Three waits would be fifteen seconds.
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it('is satisfied by a later epoch', async () => {
    const restored = new History(ID);
    restored.epoch = 2;
    restored.change(flag('a'), key.line());
    restored.publishCheckpoint(edge.log);
    const answer = await ask('1.900;wait=5000');
    expect([answer.status, answer.headers['flaghoist-revision']]).toEqual([200, '2.1']);
  });

  it('waits for a later epoch, however far it is: a restore begins with the time', async () => {
    const restored = new History(ID);
    restored.epoch = 1_800_000_000;
    restored.change(flag('a'), key.line());
    const answer = ask('1800000000.1;wait=5000');
    await until(() => edge.edge.status().waiting === 1);
    restored.publishCheckpoint(edge.log);
    expect([(await answer).status, (await answer).headers['flaghoist-revision']]).toEqual([200, '1800000000.1']);
  });

  it('does not wait when as many wait with its key as may, and another key does', async () => {
    const waiting = [ask('1.2;wait=5000'), ask('1.2;wait=5000')];
    await until(() => edge.edge.status().waiting === 2);
    const began = performance.now();
    expect((await ask('1.2;wait=5000')).status).toBe(409);
    expect(performance.now() - began).toBeLessThan(4_000);
    waiting.push(edge.ask(method, path, { key: other.text, headers: { 'flaghoist-at-least': '1.2;wait=5000' } }));
    await until(() => edge.edge.status().waiting === 3);
    history.publish(edge.log);
    for (const answer of await Promise.all(waiting)) expect(answer.status).toBe(200);
    expect(edge.edge.status().waiting).toBe(0);
  });

  it('takes no header that it cannot read, and no baggage that is not for it', async () => {
    for (const wrong of ['yesterday', 'env-2:1.1', '1.1;wait=soon']) {
      const answer = await ask(wrong);
      expect(answer.status).toBe(400);
      expect(answer.text).toContain('epoch.revision');
    }
    for (const other of ['flaghoist-at-least=env-2:1.99', 'flaghoist-at-least=%%%', 'user=flaghoist-at-least'])
      expect((await byBaggage(other)).status).toBe(200);
  });
});
