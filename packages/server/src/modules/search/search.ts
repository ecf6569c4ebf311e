/** One search over projects, environments, flags and segments. */
import type { SearchResults } from '@flaghoist/protocol/management';
import type { Rights } from '../../platform/rights.ts';
import { type Found, wordsOf } from '../../platform/text-search.ts';
import type { Flags } from '../flags/index.ts';
import type { Projects } from '../projects/index.ts';
import type { Segments } from '../segments/index.ts';

const MOST = 20;

type Result = SearchResults['items'][number];
type Candidate = Found & Pick<Result, 'kind'>;

export type Search = ReturnType<typeof createSearch>;

export function createSearch(deps: {
  readonly projects: Projects;
  readonly flags: Flags;
  readonly segments: Segments;
}) {
  const { projects, flags, segments } = deps;

  /** The best first, of what the rights let see; in one project when `projectId` is given. Archived things are not found. */
  return async function search(typed: string, rights: Rights, projectId: string | null): Promise<readonly Result[]> {
    const words = wordsOf(typed);
    if (words.length === 0) return [];
    const living = (await projects.environments.living()).filter(
      (one) => projectId === null || one.projectId === projectId,
    );
    const visible = living.filter((one) => rights.inEnvironment(one.projectId, one.id) !== null).map(({ id }) => id);
    const within = (await projects.livingIds()).filter(
      (id) => (projectId === null || id === projectId) && rights.somewhereIn(id) !== null,
    );
    const found = await Promise.all([
      named('project', projects.find(words, within, MOST)),
      named('environment', projects.environments.find(words, visible, MOST)),
      named('flag', flags.find(words, within, MOST)),
      named('segment', segments.find(words, visible, MOST)),
    ]);
    return found
      .flat()
      .sort(better)
      .slice(0, MOST)
      .map(({ kind, project, environment, key, name }) => ({ kind, project, environment, key, name }));
  };
}

async function named(kind: Result['kind'], finding: Promise<readonly Found[]>): Promise<readonly Candidate[]> {
  return (await finding).map((one) => ({ ...one, kind }));
}

const KINDS: readonly Result['kind'][] = ['project', 'environment', 'flag', 'segment'];

function better(a: Candidate, b: Candidate): number {
  return (
    a.rank - b.rank ||
    a.key.length - b.key.length ||
    KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) ||
    compareTexts(a.key, b.key) ||
    compareTexts(a.project, b.project) ||
    compareTexts(a.environment ?? '', b.environment ?? '')
  );
}

function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
