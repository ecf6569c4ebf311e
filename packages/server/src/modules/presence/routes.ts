import { PresenceReportSchema, PresenceSchema, ref } from '@flaghoist/protocol/management';
import { type Api, principalOf, problems, projectOf } from '../../platform/api.ts';
import { type Presence, showPresence } from './presence.ts';

export function presenceRoutes(app: Api, deps: { readonly presence: Presence }): void {
  const { presence } = deps;
  app.post(
    '/api/v1/projects/:project/presence',
    {
      config: { needs: 'person' },
      schema: {
        summary: 'Says what an open page is about, and answers who else is in the project',
        body: ref(PresenceReportSchema),
        response: { 200: ref(PresenceSchema), ...problems },
      },
    },
    async (request) => {
      const { person, rights } = principalOf(request);
      if (person === null) throw new Error('the policy let a token through to a route for people');
      const { id } = projectOf(request);
      await presence.report(person, rights, id, request.body);
      const pages = (await presence.inProjects([id])).get(id) ?? [];
      return showPresence(pages, { rights, personId: person.personId });
    },
  );
}
