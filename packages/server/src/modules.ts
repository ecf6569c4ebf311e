/** The modules, put together bottom up. What a lower module needs of a higher one is handed in here as a function. */
import { randomUUID } from 'node:crypto';
import type { Moment, RegexEngine } from '@flaghoist/evaluator';
import type { Db } from './platform/database.ts';
import { type Access, createAccess } from './modules/access/index.ts';
import { type Candidates, createCandidates } from './modules/candidates/index.ts';
import { type Changes, createChanges } from './modules/changes/index.ts';
import { createFleet, type Fleet } from './modules/fleet/index.ts';
import { createFlags, type Flags, flagsUsing, followFlags } from './modules/flags/index.ts';
import { createHistory, type History } from './modules/history/index.ts';
import { createIdentity, type Identity, type IdentityDeps } from './modules/identity/index.ts';
import {
  type Counts,
  createCounts,
  createRetention,
  createSeries,
  DEFAULT_KEPT,
  type KeptCounts,
  type Retention,
  type Series,
} from './modules/insights/index.ts';
import { createPresence, type Presence } from './modules/presence/index.ts';
import { createWithheldReads } from './modules/publishing/index.ts';
import { createProjects, environmentKeys, type Projects } from './modules/projects/index.ts';
import { createSearch, type Search } from './modules/search/index.ts';
import { createSegments, followSegments, type Segments } from './modules/segments/index.ts';

export interface Modules {
  readonly changes: Changes;
  readonly projects: Projects;
  readonly access: Access;
  /** Null in a process that has no management API, and so nobody who signs in. */
  readonly identity: Identity | null;
  readonly segments: Segments;
  readonly flags: Flags;
  readonly search: Search;
  readonly presence: Presence;
  readonly history: History;
  readonly counts: Counts;
  readonly series: Series;
  readonly retention: Retention;
  readonly fleet: Fleet;
  readonly candidates: Candidates;
}

interface ModulesDeps {
  readonly db: Db;
  /** The same database, for what nobody waits for (platform/database.ts). */
  readonly reports: Db;
  readonly standby: Db;
  readonly writeDeadlineMs: number;
  readonly now: () => Date;
  readonly regex: RegexEngine;
  /** Absent: as long as docs/operations/running.md says. */
  readonly kept?: KeptCounts | undefined;
  readonly identity: Pick<
    IdentityDeps,
    'secret' | 'publicUrl' | 'certificate' | 'address' | 'data' | 'onLoopback' | 'hasher'
  > | null;
  /** Begins the moment of an evaluation. */
  readonly moment: () => Moment;
}

export function createModules(deps: ModulesDeps): Modules {
  const newId = randomUUID;
  const changes = createChanges({
    ...deps,
    newId,
    environmentKeys,
    follow: async (tx, written) => {
      await followSegments(tx, written);
      await followFlags(tx, written);
    },
  });
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
  const identity = deps.identity === null ? null : createIdentity({ ...deps, ...deps.identity, changes, access });
  const segments = createSegments({ ...deps, changes, flagsUsing });
  const flags: Flags = createFlags({ ...deps, newId, changes, projects, segments });
  const presence = createPresence({ ...deps, projects });
  const history = createHistory({ changes, projects, flags });
  const [counts, series] = [createCounts({ ...deps, db: deps.standby }), createSeries({ ...deps, db: deps.standby })];
  const retention = createRetention({ db: deps.reports, now: deps.now, kept: deps.kept ?? DEFAULT_KEPT });
  const fleet = createFleet({ db: deps.reports, changes, withheld: createWithheldReads(deps.reports) });
  const candidates = createCandidates({ changes, fleet });
  const search = createSearch({ projects, flags, segments });
  const lower = { changes, projects, access, identity, segments, flags, search, presence, history };
  return { ...lower, counts, series, retention, fleet, candidates };
}
