/** How two environments differ: pure, from the entities that are not the same in both. */
import type { FlagConfiguration, Segment } from '@flaghoist/evaluator';
import type { Comparison } from '@flaghoist/protocol/management';
import type { EntityPair } from '../changes/index.ts';
import { showConfiguration } from './rows.ts';

type Item = Comparison['items'][number];
type Content = Readonly<Record<string, unknown>>;

/** Null when the texts differ in what nobody can see, such as an empty list that is left out. */
export function compare(pair: EntityPair): Item | null {
  const kind = pair.kind === 'segment' ? 'segment' : 'flag';
  const from = contentOf(kind, pair.fromJson);
  const to = contentOf(kind, pair.toJson);
  const members = Object.keys(from ?? to ?? {});
  const differs = members.filter((member) => JSON.stringify(from?.[member]) !== JSON.stringify(to?.[member]));
  if (differs.length === 0) return null;
  return {
    kind,
    key: pair.key,
    differs,
    from: from === null ? null : { revision: pair.fromRevision ?? 0, content: from },
    to: to === null ? null : { revision: pair.toRevision ?? 0, content: to },
  };
}

/** The members that an edit takes, each of them, so that what is absent compares as what it means. */
function contentOf(kind: 'flag' | 'segment', json: string | null): Content | null {
  if (json === null) return null;
  if (kind === 'segment') {
    const { included = [], excluded = [], conditions = [] } = JSON.parse(json) as Segment;
    return { included, excluded, conditions };
  }
  const shown = showConfiguration('', '', JSON.parse(json) as FlagConfiguration, 0);
  const {
    project: _project,
    environment: _environment,
    key: _key,
    type: _type,
    revision: _revision,
    ...content
  } = shown;
  return content;
}
