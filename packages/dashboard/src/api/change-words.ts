/** What a change did, in words; pure. */
import type { Change } from './openapi.d.ts';

type Entity = Change['entities'][number];

/** An action of the management API as something that somebody did. Actions that a newer server knows are shown by their name. */
const DID: Readonly<Record<string, string>> = {
  'project.create': 'created the project',
  'project.edit': 'renamed the project',
  'project.archive': 'archived the project',
  'environment.create': 'created an environment',
  'environment.edit': 'renamed an environment',
  'environment.archive': 'archived an environment',
  'flag.create': 'created',
  'flag.describe': 'described',
  'flag.edit': 'changed',
  'flag.archive': 'archived',
  'segment.create': 'created',
  'segment.edit': 'changed',
  'segment.archive': 'archived',
  'change.apply': 'changed',
  'change.revert': 'reverted',
  'key.create': 'created an SDK key',
  'key.edit': 'changed an SDK key',
  'key.revoke': 'revoked an SDK key',
  'database.restore': 'restored the database from a backup',
  'epoch.raise': 'raised the epoch of every environment',
};

/** Of what has no revision: it is tried first, or was withdrawn. */
const CHANGE = { tried: 'would change', withdrawn: 'would have changed' } as const;
const WOULD: Readonly<Record<string, Readonly<Record<'tried' | 'withdrawn', string>>>> = {
  'flag.edit': CHANGE,
  'segment.create': { tried: 'would create', withdrawn: 'would have created' },
  'segment.edit': CHANGE,
  'segment.archive': { tried: 'would archive', withdrawn: 'would have archived' },
  'change.apply': CHANGE,
  'change.revert': { tried: 'would revert', withdrawn: 'would have reverted' },
};

type Told = Pick<Change, 'action' | 'entities' | 'revisions' | 'candidates'>;

export interface TrialText {
  readonly environment: string;
  readonly state: 'tried' | 'withdrawn';
  readonly text: string;
}

export interface ChangeWords {
  readonly did: string;
  /** Keys of the flags and segments it is about, each once, in order. */
  readonly objects: readonly Pick<Entity, 'kind' | 'key'>[];
  /** Keys of the environments it touched, or would. */
  readonly environments: readonly string[];
}

/** The parts of a sentence: who is known to whoever shows it. */
export function wordsOf({ action, entities, revisions, candidates }: Told): ChangeWords {
  const named = entities.filter(({ kind }) => kind === 'flag' || kind === 'segment');
  const objects = named
    .map(({ kind, key }) => ({ kind, key }))
    .filter(({ kind, key }, at, all) => all.findIndex((other) => other.kind === kind && other.key === key) === at);
  const isDone = revisions.length > 0 || candidates.length === 0;
  const places = [...revisions, ...candidates].map(({ environment }) => environment);
  return {
    did: (isDone ? undefined : WOULD[action]?.[isTried(candidates) ? 'tried' : 'withdrawn']) ?? DID[action] ?? action,
    objects: isAboutKeys(action) ? [] : objects,
    environments: [...new Set(places)],
  };
}

/** What came of it where it was tried first, when that is no revision: `production: withdrawn`. */
export function trialTexts({ candidates }: Pick<Change, 'candidates'>): readonly TrialText[] {
  return candidates.flatMap(({ environment, state }) =>
    state === 'promoted'
      ? []
      : [{ environment, state, text: `${environment}: ${state === 'tried' ? 'being tried' : 'withdrawn'}` }],
  );
}

function isTried(candidates: Change['candidates']): boolean {
  return candidates.some(({ state }) => state === 'tried');
}

/** One line: `changed checkout in production and staging`. */
export function changeText(change: Told): string {
  const { did, objects, environments } = wordsOf(change);
  const what = listText(objects.map(({ key }) => key));
  const where = environments.length === 0 ? '' : ` in ${listText(environments)}`;
  return `${did}${what === '' ? '' : ` ${what}`}${where}`;
}

/** False: a script did it, with a token. */
export function isByPerson({ authorId }: Pick<Change, 'authorId'>): boolean {
  return authorId?.startsWith('person:') ?? false;
}

/** Which revision it became where: `staging #17`. */
export function revisionTexts({ revisions }: Pick<Change, 'revisions'>): readonly string[] {
  return revisions.map(({ environment, revision }) => `${environment} #${revision}`);
}

/** `a`, `a and b`, `a, b and 3 more`. */
export function listText(names: readonly string[], most = 3): string {
  const shown = names.slice(0, names.length > most ? most - 1 : most);
  const more = names.length - shown.length;
  const parts = more > 0 ? [...shown, `${more} more`] : shown;
  const last = parts.at(-1) ?? '';
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} and ${last}`;
}

function isAboutKeys(action: string): boolean {
  return action.startsWith('key.') || action.startsWith('environment.') || action.startsWith('project.');
}
