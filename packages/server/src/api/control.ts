/** The control role's HTTP: the management API with all modules' routes. */
import type { OrderedLog } from '@flaghoist/bus';
import type { Logger } from '@flaghoist/runtime/telemetry';
import type { Modules } from '../modules.ts';
import { accessRoutes, installPolicy, type PolicyDeps, principalNow } from '../modules/access/index.ts';
import { auditRoutes } from '../modules/audit/index.ts';
import { candidateRoutes } from '../modules/candidates/index.ts';
import { comparisonRoutes, configurationRoutes, flagRoutes, savedFilterRoutes } from '../modules/flags/index.ts';
import { createWatchers, historyRoutes } from '../modules/history/index.ts';
import { identityRoutes } from '../modules/identity/index.ts';
import { fleetRoutes } from '../modules/fleet/index.ts';
import { insightRoutes } from '../modules/insights/index.ts';
import { projectRoutes } from '../modules/projects/index.ts';
import { createPresenceHub, presenceRoutes } from '../modules/presence/index.ts';
import { searchRoutes } from '../modules/search/index.ts';
import { segmentRoutes } from '../modules/segments/index.ts';
import { type Api, createApi } from '../platform/api.ts';
import type { ApiCounts } from '../platform/api-counts.ts';
import type { Database, Db } from '../platform/database.ts';
import type { RequestLimits } from '../platform/request-limits.ts';
import { assetRoutes, createPages } from './dashboard.ts';
import { openApiRoute } from './openapi.ts';
import { readRulesetSchema, schemaRoutes } from './schemas.ts';
import { type StatusSource, statusRoute } from './status.ts';

export interface Control {
  readonly api: Api;
  start(): Promise<void>;
  /** Ends the streams of watchers, so that they connect elsewhere. Everything else goes on. */
  drain(): Promise<void>;
  stop(): Promise<void>;
}

export async function createControl(deps: {
  readonly modules: Modules;
  readonly standby: Db;
  readonly log: OrderedLog;
  readonly listen: Database['listen'];
  readonly logger: Logger;
  readonly version: string;
  readonly limits: RequestLimits;
  readonly counts: ApiCounts;
  readonly now: () => Date;
  readonly status: StatusSource;
  /** Folder of the built dashboard; null: none. */
  readonly dashboard: string | null;
  /** How often watchers hear something and what they may see is looked at anew. */
  readonly heartbeatMs: number;
}): Promise<Control> {
  const { modules, now } = deps;
  const api = await createApi({ ...deps, pages: await createPages(deps.dashboard) });
  const watchers = createWatchers({ log: deps.log, changes: modules.changes });
  const hub = createPresenceHub({ ...deps, presence: modules.presence });
  const { identity } = modules;
  if (identity === null) throw new Error('the management API needs the module identity');
  const signedIn: PolicyDeps['signedIn'] = (request, how) => identity.sessions.signedIn(request, how);
  const policy: PolicyDeps = { ...modules.access, projects: modules.projects, limits: deps.limits, signedIn };
  installPolicy(api, policy);
  accessRoutes(api, modules);
  identityRoutes(api, { ...deps, identity });
  projectRoutes(api, modules);
  flagRoutes(api, modules);
  configurationRoutes(api, modules);
  comparisonRoutes(api, modules);
  savedFilterRoutes(api, modules);
  segmentRoutes(api, modules);
  searchRoutes(api, modules);
  historyRoutes(api, {
    ...modules,
    watchers,
    hub,
    principalNow: (request) => principalNow(request, policy),
    heartbeatMs: deps.heartbeatMs,
  });
  presenceRoutes(api, modules);
  insightRoutes(api, { ...modules, now });
  fleetRoutes(api, modules);
  candidateRoutes(api, modules);
  auditRoutes(api, { db: deps.standby, onBroken: () => deps.counts.brokenChain() });
  statusRoute(api, deps.status);
  openApiRoute(api);
  schemaRoutes(api, await readRulesetSchema());
  await assetRoutes(api, deps.dashboard);
  await api.ready();
  return {
    api,
    async start() {
      watchers.start();
      await hub.start();
    },
    async drain() {
      watchers.drain();
    },
    async stop() {
      await hub.stop();
      await watchers.stop();
      await api.close();
    },
  };
}
