import { describe, expect, it } from 'vitest';
import type { Configuration } from '../draft/configuration.ts';
import { type News, type SaveDeps, saveOnTop } from './save-on-top.ts';

const base: Configuration = {
  enabled: false,
  variants: { on: true, off: false },
  offVariant: 'off',
  clientVisible: false,
  prerequisites: [],
  targets: [],
  rules: [],
  default: { variant: 'off' },
};

/** A server that holds one configuration, and people who are faster. */
function server(faster: readonly Partial<Configuration>[]) {
  let saved = { configuration: base, revision: 1 };
  const waiting = [...faster];
  const taken: News[] = [];
  const edits: Partial<Configuration>[] = [];
  const deps: SaveDeps = {
    async write(edit, revision) {
      const other = waiting.shift();
      if (other !== undefined)
        saved = { configuration: { ...saved.configuration, ...other }, revision: saved.revision + 1 };
      if (revision !== saved.revision) return null;
      edits.push(edit);
      saved = { configuration: { ...saved.configuration, ...edit }, revision: revision + 1 };
      return saved;
    },
    readTheirs: async () => ({ ...saved, author: 'Ada' }),
    onMerged: (_, news) => void taken.push(news),
  };
  return { deps, edits, taken };
}

const mine = { base, present: { ...base, enabled: true }, revision: 1 };

describe('saving', () => {
  it('sends only what changed', async () => {
    const { deps, edits, taken } = server([]);
    expect(await saveOnTop(mine, deps)).toMatchObject({ kind: 'saved', saved: { revision: 2 } });
    expect([edits, taken]).toEqual([[{ enabled: true }], []]);
  });

  it('goes on top of what others saved meanwhile', async () => {
    const { deps, edits, taken } = server([{ clientVisible: true }, { offVariant: null }]);
    const outcome = await saveOnTop(mine, deps);
    expect(outcome).toMatchObject({
      kind: 'saved',
      saved: { revision: 4, configuration: { enabled: true, clientVisible: true, offVariant: null } },
    });
    expect(edits).toEqual([{ enabled: true }]);
    expect(taken.map(({ revision }) => revision)).toEqual([2, 3]);
  });

  it('asks where both changed the same differently', async () => {
    const { deps, edits } = server([{ default: { variant: 'on' } }]);
    const outcome = await saveOnTop(
      {
        base,
        present: { ...base, default: { rollout: { variants: [], bucketing: { algorithm: 'murmur3/1' } } } },
        revision: 1,
      },
      deps,
    );
    expect(outcome).toMatchObject({ kind: 'contradiction', contradiction: { author: 'Ada', revision: 2 } });
    expect(edits).toEqual([]);
  });

  it('has nothing to do when others saved the same', async () => {
    const { deps, edits } = server([{ enabled: true }]);
    expect(await saveOnTop(mine, deps)).toEqual({ kind: 'nothing left' });
    expect(edits).toEqual([]);
  });

  it('gives up when others are faster each time', async () => {
    const flip = (visible: boolean) => ({ clientVisible: visible });
    const { deps, edits } = server([flip(true), flip(false), flip(true), flip(false), flip(true)]);
    expect(await saveOnTop(mine, deps)).toEqual({ kind: 'given up' });
    expect(edits).toEqual([]);
  });
});
