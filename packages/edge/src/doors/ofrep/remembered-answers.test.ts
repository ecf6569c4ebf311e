import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { emptyRuleset } from '@flaghoist/evaluator';
import { sha256 } from '@flaghoist/runtime/crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { EdgeServer, until } from '../../../test-support/edge-server.ts';
import { flag, History, mintKey } from '../../../test-support/history.ts';
import { BulkList } from './bulk-list.ts';
import { Items } from './items.ts';
import { RememberedAnswers } from './remembered-answers.ts';

const newList = () => new BulkList(emptyRuleset(), new Items(sha256), 'client');
const body = (name: string, length = 100) => Buffer.from(name.padEnd(length, '.'));
const ANSWER = { tag: '"t"', counted: [] };

describe('answers that are remembered', () => {
  it('are found again by the body and the list that they are of', () => {
    const answers = new RememberedAnswers(10_000);
    const [list, other] = [newList(), newList()];
    answers.keep(body('a'), 'env-1', list, ANSWER);
    expect(answers.find(body('a'), list)).toMatchObject(ANSWER);
    expect([answers.find(body('b'), list), answers.find(body('a'), other)]).toEqual([null, null]);
  });

  it('take no more bytes than they may, whatever is sent', () => {
    const answers = new RememberedAnswers(100_000);
    const list = newList();
    const counted = Array.from({ length: 2_000 }, () => ({ count: 0, evaluations: [] }));
    for (let i = 0; i < 1_000; i++) {
      answers.keep(body(`small-${i}`), 'env-1', list, ANSWER);
      answers.keep(body(`many-${i}`), 'env-1', list, { ...ANSWER, counted });
      answers.keep(body(`long-${i}`, 60_000), 'env-1', list, ANSWER);
      expect(answers.bytes).toBeLessThanOrEqual(100_000);
    }
    expect(answers.find(body('small-999'), list)).not.toBeNull();
    expect(answers.find(body('small-0'), list)).toBeNull();
    expect(answers.find(body('long-999', 60_000), list)).toBeNull();
  });

  it('of one environment do not push out those of another', () => {
    const answers = new RememberedAnswers(100_000);
    const [quiet, loud] = [newList(), newList()];
    answers.keep(body('a'), 'env-1', quiet, ANSWER);
    for (let i = 0; i < 1_000; i++) answers.keep(body(`${i}`), 'env-2', loud, ANSWER);
    expect(answers.find(body('a'), quiet)).not.toBeNull();
  });

  it('of an environment that changes are forgotten, those of others not', () => {
    const answers = new RememberedAnswers(100_000);
    const [first, second] = [newList(), newList()];
    answers.keep(body('a'), 'env-1', first, ANSWER);
    const before = answers.bytes;
    answers.keep(body('a'), 'env-2', second, ANSWER);
    answers.keep(body('a'), 'env-2', second, ANSWER);
    answers.forget('env-2');
    expect([answers.find(body('a'), second), answers.bytes]).toEqual([null, before]);
    expect(answers.find(body('a'), first)).not.toBeNull();
  });
});

describe('at the door', () => {
  let edge: EdgeServer;
  afterEach(() => edge.close());

  it('hold no ruleset that was replaced', async () => {
    const client = mintKey('client');
    const history = new History('env-1');
    history.change(flag('a', { clientVisible: true }), client.line());
    edge = await EdgeServer.create();
    history.publishCheckpoint(edge.log);
    await edge.edge.start();
    const current = () => new WeakRef<object>(edge.edge.ruleset('env-1') ?? {});
    const old: WeakRef<object>[] = [];
    for (let revision = 1; revision <= 5; revision++) {
      const ask = { key: client.text, headers: { 'if-none-match': '"x"' }, body: { context: { visitor: revision } } };
      expect((await edge.ask('POST', '/ofrep/v1/evaluate/flags', ask)).status).toBe(200);
      old.push(current());
      history.publish(edge.log, flag('a', { clientVisible: true, enabled: revision % 2 === 0 }));
      await until(() => edge.edge.status().environments[0]?.revision === revision + 1);
    }
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    await until(() => {
      collectGarbage();
      return old.every((ruleset) => ruleset.deref() === undefined);
    });
  });
});
