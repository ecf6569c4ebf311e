/** Queries on history, as far as somebody may see it. */
import type { ChangeEdits, ChangeResource } from '@flaghoist/protocol/management';
import { type ChangeRecord, type Changes, type EditRecord, showChange } from '../changes/index.ts';
import type { Flags } from '../flags/index.ts';
import type { EnvironmentRow, Projects } from '../projects/index.ts';
import { parseEntity, whyNot } from './put-back.ts';
import { createRevert } from './revert.ts';
import { createViews, named, type View } from './view.ts';

export interface HistoryDeps {
  readonly changes: Changes;
  readonly projects: Projects;
  readonly flags: Flags;
}

export interface HistoryFilter {
  readonly environment?: string | undefined;
  readonly flag?: string | undefined;
  readonly segment?: string | undefined;
  readonly before: number;
  readonly limit: number;
}

const MOST_EDITS = 200;
const MOST_BYTES = 8 << 20;

export type History = ReturnType<typeof createHistory>;

export function createHistory(deps: HistoryDeps) {
  const { changes } = deps;
  const views = createViews(deps);

  return {
    ...views,
    revert: createRevert({ ...deps, views }),

    /** Newest first. What touched no environment is for those who have a role in the project as a whole. */
    async list(view: View, { environment: key, ...rest }: HistoryFilter): Promise<readonly ChangeRecord[]> {
      const environmentId = key === undefined ? undefined : named(view, key, 'query.environment').id;
      return changes.list({ ...rest, projectId: view.project.id, sight: view.sight, environmentId });
    },

    show: ({ project, environments }: View, record: ChangeRecord): ChangeResource =>
      showChange(project.key, environments, record),

    /** What a change did to flags and segments, by environment, kind and key. */
    async edits(view: View, id: string): Promise<ChangeEdits> {
      const { id: changeId } = await views.recordOf(view, id);
      const { environmentIds } = view.sight;
      const found = await changes.edits({ changeId, environmentIds, limit: MOST_EDITS, mostBytes: MOST_BYTES });
      const of = new Map(view.environments.map((environment) => [environment.id, environment]));
      const items = found.items.map((edit) => showEdit(of.get(edit.environmentId), edit));
      return { items: items.sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1)), more: found.more };
    },
  };
}

function showEdit(environment: EnvironmentRow | undefined, edit: EditRecord): ChangeEdits['items'][number] {
  const { kind, key, epoch, revision, before, after } = edit;
  return {
    environment: environment?.key ?? edit.environmentId,
    kind,
    key,
    epoch,
    revision,
    before: before === null ? null : { ...parseEntity(before) },
    after: after === null ? null : { ...parseEntity(after) },
    revertible: environment?.archivedAt === null && whyNot(edit) === null,
  };
}

function placeOf({ environment, kind, key }: ChangeEdits['items'][number]): string {
  return `${environment}\t${kind}\t${key}`;
}
