import { describe, expect, it } from 'vitest';
import { HandFed } from '../../test-support/hand-fed.ts';
import { flag, History, mintKey } from '../../test-support/history.ts';
import { parseBlocks } from '@flaghoist/protocol/ruleset';
import type { Form } from './form.ts';

const key = mintKey('server');
const other = mintKey('client');

function block(text: string) {
  const [first] = parseBlocks(text) ?? [];
  if (first === undefined) throw new Error('a history makes blocks');
  return first;
}

async function edge() {
  const history = new History('env-1');
  history.change(flag('a'), key.line());
  const fed = await HandFed.serving(block(history.checkpoint()));
  const { environment } = fed.followed;
  const everything = environment.forRelays;
  await everything.readSnapshot();
  await environment.readSnapshot();
  fed.patch(block(history.change(flag('b'), other.line())));
  return { environment, everything, history };
}

const textOf = async (form: Pick<Form, 'readSnapshot'>): Promise<string> =>
  (await form.readSnapshot()).parts.map(({ plain }) => plain.toString()).join('');
const kinds = (text: string) => [...text.matchAll(/^(\w+)\t/gm)].map(([, kind]) => kind);

describe('what those who follow an environment are sent', () => {
  it('holds no keys for SDKs, in a snapshot, in the patches behind it and in a stream', async () => {
    const { environment } = await edge();
    expect(kinds(await textOf(environment))).toEqual(['flag', 'flag']);
    const next = environment.window.next({ epoch: 1, revision: 1 });
    expect(String(typeof next === 'string' ? next : next.event)).not.toMatch(/key\t|sha256.*kind/);
  });

  it('holds the keys for edges, and names the environment in the ids of its events', async () => {
    const { everything } = await edge();
    expect(kinds(await textOf(everything))).toEqual(['flag', 'key', 'flag', 'key']);
    const next = everything.window.next({ epoch: 1, revision: 1 });
    const text = String(typeof next === 'string' ? next : next.event);
    expect(text).toContain('id: env-1:1.2\n');
    expect(text).toContain(`data: key\t${other.id}\t`);
  });

  it('leads on by patches from where it was when the first edge asked, and not from before', async () => {
    const { environment, history } = await edge();
    expect(environment.forRelays.window.next({ epoch: 1, revision: history.revision })).toBe('nothing');
    expect(environment.forRelays.window.next({ epoch: 1, revision: 0 })).toBe('reset');
  });
});
