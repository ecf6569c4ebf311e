import { LinkSchema, pageOf, PersonEditSchema, PersonSchema, ref } from '@flaghoist/protocol/management';
import { type Api, commandOf, pageQuery, problems, rightsOf, sendWritten } from '../../platform/api.ts';
import { readPage, toPage } from '../../platform/page.ts';
import type { Identity } from './identity.ts';
import { keepOutOfCaches } from './visits.ts';

const PERSON = '/api/v1/people/:person';

export function peopleRoutes(app: Api, { people, personEdits, passwordResets, origin }: Identity): void {
  app.get(
    '/api/v1/people',
    {
      config: { needs: 'administer something' },
      schema: {
        summary: 'People, by e-mail: those with a role in what whoever asks administers',
        querystring: pageQuery,
        response: { 200: pageOf('Person', ref(PersonSchema)), ...problems },
      },
    },
    async (request) => {
      const rights = rightsOf(request);
      const page = readPage(request.query);
      const found = await people.list(rights, page.after ?? '', page.limit + 1);
      return toPage(
        found,
        page.limit,
        (person) => person.email,
        (person) => person,
      );
    },
  );

  app.get(
    PERSON,
    {
      config: { needs: 'administer something' },
      schema: { summary: 'One person', response: { 200: ref(PersonSchema), ...problems } },
    },
    async (request, reply) => {
      const rights = rightsOf(request);
      const { body, headers } = await people.get(idOf(request.params), rights);
      return reply.headers(headers).send(body as never);
    },
  );

  app.patch(
    PERSON,
    {
      config: { needs: 'administer something' },
      schema: {
        summary: 'Replaces the roles that whoever asks administers; disables a person or enables them again',
        body: ref(PersonEditSchema),
        response: { 200: ref(PersonSchema), ...problems },
      },
    },
    async (request, reply) => {
      const command = commandOf(request, 'person.edit');
      return sendWritten(
        reply,
        await personEdits.edit(command, idOf(request.params), request.headers['if-match'], request.body),
      );
    },
  );

  app.post(
    `${PERSON}/reset`,
    {
      config: { needs: 'administer installation' },
      onRequest: keepOutOfCaches,
      schema: {
        summary: 'Makes a link that sets a person’s password, once, within a day',
        response: { 201: ref(LinkSchema), ...problems },
      },
    },
    async (request, reply) =>
      sendWritten(
        reply,
        await passwordResets.issue(commandOf(request, 'person.reset'), idOf(request.params), origin.originOf(request)),
      ),
  );
}

function idOf(params: unknown): string {
  return (params as { readonly person: string }).person;
}
