/** The control role's HTTP: the management API with all modules' routes. */
import type { OrderedLog } from '@flaghoist/bus';
import type { Logger } from '@flaghoist/runtime/telemetry';
import type { Modules } from '../modules.ts';
import { accessRoutes, installPolicy } from '../modules/access/index.ts';
import { auditRoutes } from '../modules/audit/index.ts';
import { comparisonRoutes, configurationRoutes, flagRoutes } from '../modules/flags/index.ts';
import { insightRoutes } from '../modules/insights/index.ts';
import { projectRoutes } from '../modules/projects/index.ts';
import { createWatchers, historyRoutes } from '../modules/publishing/index.ts';
import { segmentRoutes } from '../modules/segments/index.ts';
import { type Api, createApi } from '../platform/api.ts';
import type { Db } from '../platform/database.ts';
import { openApiRoute } from './openapi.ts';
import { pageRoutes } from './pages.ts';
import { readRulesetSchema, schemaRoutes } from './schemas.ts';
import { type StatusSource, statusRoute } from './status.ts';

export interface Control {
  readonly api: Api;
  start(): void;
  stop(): Promise<void>;
}

export async function createControl(deps: {
  readonly modules: Modules;
  readonly db: Db;
  readonly log: OrderedLog;
  readonly logger: Logger;
  readonly version: string;
  readonly now: () => Date;
  readonly status: StatusSource;
}): Promise<Control> {
  const { modules, now } = deps;
  const api = await createApi(deps);
  const watchers = createWatchers({ log: deps.log, changes: modules.changes, projects: modules.projects });
  // The identity module hands this in.
  installPolicy(api, { ...modules.access, projects: modules.projects, signedIn: async () => null });
  accessRoutes(api, modules);
  projectRoutes(api, modules);
  flagRoutes(api, modules);
  configurationRoutes(api, modules);
  comparisonRoutes(api, modules);
  segmentRoutes(api, modules);
  historyRoutes(api, { ...modules, watchers });
  insightRoutes(api, { ...modules, now });
  auditRoutes(api, deps);
  statusRoute(api, deps.status);
  openApiRoute(api);
  schemaRoutes(api, await readRulesetSchema());
  pageRoutes(api, { setup: modules.access.setup, status: deps.status });
  await api.ready();
  return {
    api,
    start: () => watchers.start(),
    async stop() {
      await watchers.stop();
      await api.close();
    },
  };
}
