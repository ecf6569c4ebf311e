/** Every route of the management API: who may use it, what it takes, and a write that succeeds. One file of rows a module. */
import { accessRoutes } from './routes/access.ts';
import { auditRoutes } from './routes/audit.ts';
import { candidateRoutes } from './routes/candidates.ts';
import { connectionRoutes } from './routes/connections.ts';
import { flagRoutes } from './routes/flags.ts';
import { fleetRoutes } from './routes/fleet.ts';
import { identityRoutes } from './routes/identity.ts';
import { historyRoutes } from './routes/history.ts';
import { insightsRoutes } from './routes/insights.ts';
import { presenceRoutes } from './routes/presence.ts';
import { projectRoutes } from './routes/projects.ts';
import type { Route, RouteParams } from './routes/route.ts';
import { searchRoutes } from './routes/search.ts';
import { segmentRoutes } from './routes/segments.ts';
import { serverRoutes } from './routes/server.ts';

export type { Route, RouteParams };

/** Writes succeed in this order: first the containers, then what is in them. */
export const ROUTES: readonly Route[] = [
  ...serverRoutes,
  ...projectRoutes,
  ...flagRoutes,
  ...segmentRoutes,
  ...searchRoutes,
  ...accessRoutes,
  ...identityRoutes,
  ...connectionRoutes,
  ...auditRoutes,
  ...presenceRoutes,
  ...historyRoutes,
  ...insightsRoutes,
  ...fleetRoutes,
  ...candidateRoutes,
];

export function fill(path: string, params: RouteParams): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: keyof RouteParams) => encodeURIComponent(params[name]));
}

export function isWrite(route: Route): boolean {
  return route.method !== 'GET' && !/\/(?:evaluate|invitations\/read|presence)$/.test(route.path);
}
