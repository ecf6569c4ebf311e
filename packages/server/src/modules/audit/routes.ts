import { AuditEntrySchema, AuditVerdictSchema, pageOf, ref } from '@flaghoist/protocol/management';
import { type Api, environmentOf, pageQuery, problems } from '../../platform/api.ts';
import type { Db } from '../../platform/database.ts';
import { readNumberBelow, readPage, toPage } from '../../platform/page.ts';
import { chainOf, listEntries, verifyChain } from './chain.ts';

const BASE = '/api/v1/projects/:project/environments/:environment/audit';

/** `onBroken` is told of every chain that somebody looked at and found altered. */
export function auditRoutes(app: Api, deps: { readonly db: Db; readonly onBroken: () => void }): void {
  app.get(
    BASE,
    {
      config: { needs: 'read' },
      schema: {
        summary: 'The audit entries of an environment, newest first',
        querystring: pageQuery,
        response: { 200: pageOf('AuditEntry', ref(AuditEntrySchema)), ...problems },
      },
    },
    async (request) => {
      const page = readPage(request.query);
      const found = await listEntries(
        deps.db,
        chainOf.environment(environmentOf(request).id),
        readNumberBelow(page.after),
        page.limit + 1,
      );
      return toPage(
        found,
        page.limit,
        (entry) => String(entry.number),
        (entry) => ({ ...entry, body: JSON.parse(entry.body) as unknown }),
      );
    },
  );

  app.get(
    `${BASE}/verify`,
    {
      config: { needs: 'read' },
      schema: {
        summary: 'Recomputes the environment’s whole audit chain',
        response: { 200: ref(AuditVerdictSchema), ...problems },
      },
    },
    async (request) => {
      const verdict = await verifyChain(deps.db, chainOf.environment(environmentOf(request).id));
      if (!verdict.intact) deps.onBroken();
      return verdict;
    },
  );
}
