import { DeliverySchema, FleetSchema, ref } from '@flaghoist/protocol/management';
import { type Api, environmentOf, problems, projectOf, rightsOf } from '../../platform/api.ts';
import type { History } from '../history/index.ts';
import type { Fleet } from './fleet.ts';

export function fleetRoutes(app: Api, deps: { readonly fleet: Fleet; readonly history: History }): void {
  const { fleet, history } = deps;
  app.get(
    '/api/v1/projects/:project/environments/:environment/fleet',
    {
      config: { needs: 'read' },
      schema: {
        summary: 'Edges and instances that follow an environment: version, revision, age, when last heard of',
        response: { 200: ref(FleetSchema), ...problems },
      },
    },
    async (request) => fleet.show(environmentOf(request)),
  );

  app.get(
    '/api/v1/projects/:project/changes/:change/delivery',
    {
      config: { needs: 'read' },
      schema: {
        summary: 'How many live followers have a change, how fast they got it, and who lags',
        response: { 200: ref(DeliverySchema), ...problems },
      },
    },
    async (request) => {
      const { change } = request.params as { readonly change: string };
      const view = await history.viewOf(projectOf(request), rightsOf(request));
      return fleet.delivery(await history.recordOf(view, change), view.environments);
    },
  );
}
