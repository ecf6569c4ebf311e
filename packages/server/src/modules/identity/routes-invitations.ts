import {
  InvitationAcceptSchema,
  InvitationCreatedSchema,
  InvitationCreateSchema,
  InvitationOfferSchema,
  InvitationReadSchema,
  InvitationSchema,
  pageOf,
  ref,
  SignInSchema,
} from '@flaghoist/protocol/management';
import { type Api, commandOf, pageQuery, problems, rightsOf, sendWritten } from '../../platform/api.ts';
import { readPage, toPage } from '../../platform/page.ts';
import type { Identity } from './identity.ts';
import { keepOutOfCaches, SIGN_IN_BODY_LIMIT, strangersCommand, visitorOf } from './visits.ts';

const INVITATIONS = '/api/v1/invitations';

export function invitationRoutes(app: Api, { invitations, acceptances, origin }: Identity): void {
  app.get(
    INVITATIONS,
    {
      config: { needs: 'administer something' },
      schema: {
        summary: 'Invitations: those into what whoever asks administers',
        querystring: pageQuery,
        response: { 200: pageOf('Invitation', ref(InvitationSchema)), ...problems },
      },
    },
    async (request) => {
      const rights = rightsOf(request);
      const page = readPage(request.query);
      const found = await invitations.list(rights, page.after ?? '', page.limit + 1);
      return toPage(
        found,
        page.limit,
        (invitation) => invitation.id,
        (invitation) => invitation,
      );
    },
  );

  app.post(
    INVITATIONS,
    {
      config: { needs: 'administer something' },
      onRequest: keepOutOfCaches,
      schema: {
        summary: 'Invites somebody; the link is shown once and good for seven days',
        body: ref(InvitationCreateSchema),
        response: { 201: ref(InvitationCreatedSchema), ...problems },
      },
    },
    async (request, reply) => {
      const command = commandOf(request, 'invitation.create');
      return sendWritten(reply, await invitations.create(command, request.body, origin.originOf(request)));
    },
  );

  app.post(
    `${INVITATIONS}/:invitation/revoke`,
    {
      config: { needs: 'administer something' },
      schema: { summary: 'Revokes an invitation', response: { 200: ref(InvitationSchema), ...problems } },
    },
    async (request, reply) => {
      const { invitation } = request.params as { readonly invitation: string };
      return sendWritten(reply, await invitations.revoke(commandOf(request, 'invitation.revoke'), invitation));
    },
  );

  strangersRoutes(app, { acceptances, origin });
}

function strangersRoutes(app: Api, { acceptances, origin }: Pick<Identity, 'acceptances' | 'origin'>): void {
  app.post(
    `${INVITATIONS}/read`,
    {
      bodyLimit: SIGN_IN_BODY_LIMIT,
      config: { needs: 'public' },
      onRequest: [keepOutOfCaches, async (request) => origin.refuseForeign(request)],
      schema: {
        summary: 'What an invitation offers; changes nothing',
        security: [],
        body: ref(InvitationReadSchema),
        response: { 200: ref(InvitationOfferSchema), ...problems },
      },
    },
    async (request) => acceptances.read(request.body.secret, visitorOf(request, origin)),
  );

  app.post(
    `${INVITATIONS}/accept`,
    {
      bodyLimit: SIGN_IN_BODY_LIMIT,
      config: { needs: 'public' },
      onRequest: [keepOutOfCaches, async (request) => origin.refuseForeign(request)],
      schema: {
        summary: 'Accepts an invitation: makes the account, or adds the roles to the one that is there, and signs in',
        security: [],
        body: ref(InvitationAcceptSchema),
        response: { 201: ref(SignInSchema), ...problems },
      },
    },
    async (request, reply) =>
      sendWritten(
        reply,
        await acceptances.accept(
          strangersCommand(request, 'invitation.accept', request.body.name),
          request.body,
          visitorOf(request, origin),
        ),
      ),
  );
}
