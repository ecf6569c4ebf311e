/** The modules, put together bottom up. What a lower module needs of a higher one is handed in here as a function. */
import { randomUUID } from 'node:crypto';
import type { Moment, RegexEngine } from '@flaghoist/evaluator';
import type { Db } from './platform/database.ts';
import { type Access, createAccess } from './modules/access/index.ts';
import { type Changes, createChanges } from './modules/changes/index.ts';
import { createFlags, type Flags, flagsUsing } from './modules/flags/index.ts';
import { type Counts, createCounts } from './modules/insights/index.ts';
import { createProjects, environmentKeys, type Projects } from './modules/projects/index.ts';
import { createSegments, type Segments } from './modules/segments/index.ts';

export interface Modules {
  readonly changes: Changes;
  readonly projects: Projects;
  readonly access: Access;
  readonly segments: Segments;
  readonly flags: Flags;
  readonly counts: Counts;
}

interface ModulesDeps {
  readonly db: Db;
  readonly now: () => Date;
  readonly regex: RegexEngine;
  /** Begins the moment of an evaluation. */
  readonly moment: () => Moment;
}

export function createModules(deps: ModulesDeps): Modules {
  const newId = randomUUID;
  const changes = createChanges({ ...deps, newId, environmentKeys });
  const projects: Projects = createProjects({
    ...deps,
    newId,
    changes,
    hooks: {
      fill: (unit, environment) => flags.fillEnvironment(unit, environment),
      retire: (unit, environmentId) => access.keys.retireEnvironment(unit, environmentId),
    },
  });
  const access: Access = createAccess({ ...deps, changes, projects });
  const segments = createSegments({ ...deps, changes, flagsUsing });
  const flags: Flags = createFlags({ ...deps, newId, changes, projects, segments });
  return { changes, projects, access, segments, flags, counts: createCounts(deps) };
}
