/** A project and its changes as somebody sees them. */
import type { Scope } from '../../platform/principal.ts';
import { invalid, Refusal } from '../../platform/refusal.ts';
import type { Rights } from '../../platform/rights.ts';
import type { ChangeRecord, Changes, Sight } from '../changes/index.ts';
import type { EnvironmentRow, Projects } from '../projects/index.ts';

export type Project = Scope['project'];

export interface View {
  readonly project: Project;
  /** Those that may be seen, archived ones too. */
  readonly environments: readonly EnvironmentRow[];
  readonly sight: Sight;
  /** Ids of all environments of the project. */
  readonly existing: readonly string[];
}

export type Views = ReturnType<typeof createViews>;

export function createViews({ changes, projects }: { readonly changes: Changes; readonly projects: Projects }) {
  return {
    async viewOf(project: Project, rights: Rights): Promise<View> {
      const all = await projects.environments.ofProject(project.id);
      const environments = rights.visible(project.id, all);
      const environmentIds = environments.map(({ id }) => id);
      const sight = { environmentIds, isWhole: rights.inProject(project.id) !== null };
      return { project, environments, sight, existing: all.map(({ id }) => id) };
    },

    /** The part of a change that may be seen. */
    async recordOf({ project, sight }: View, id: string): Promise<ChangeRecord> {
      const found = await changes.get(project.id, id, sight);
      if (found === undefined) throw new Refusal('not_found', `There is no change ${id} in project ${project.key}.`);
      return found;
    },
  };
}

/** The environment with a key, among those that may be seen. */
export function named({ environments }: View, key: string, path: string): EnvironmentRow {
  const found = environments.find((environment) => environment.key === key);
  if (found === undefined) throw invalid(path, 'not_found', `The project has no environment ${key}.`);
  return found;
}
