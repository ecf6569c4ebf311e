/**
 * The one policy: every route says what it needs (platform/principal.ts), and passes here before its body is read.
 *
 * A project, environment or token that is not the principal's to see answers as if it did not exist.
 */
import type { FastifyRequest } from 'fastify';
import type { Api } from '../../platform/api.ts';
import type { Need, Principal, Role, Scope } from '../../platform/principal.ts';
import { archived, Refusal } from '../../platform/refusal.ts';
import type { Projects } from '../projects/index.ts';
import type { Tokens } from './tokens.ts';

const RANK: { readonly [role in Role]: number } = { viewer: 0, editor: 1, admin: 2 };
const LEAST: { readonly [need in Exclude<Need, 'public'>]: Role } = {
  read: 'viewer',
  edit: 'editor',
  administer: 'admin',
  'read projects': 'viewer',
  'read installation': 'viewer',
  'administer installation': 'admin',
};

export function installPolicy(app: Api, deps: { readonly tokens: Tokens; readonly projects: Projects }): void {
  app.addHook('onRequest', async (request) => {
    const need = request.routeOptions.config.needs;
    if (need === undefined || need === 'public') return;
    const principal = await authenticate(request, deps.tokens);
    request.principal = principal;
    if (need.endsWith('installation') && principal.projectId !== null)
      throw new Refusal(
        'forbidden',
        'This token is bound to one project; this needs a token for the whole installation.',
      );
    await setScope(request, principal, need, deps.projects);
    if (RANK[principal.role] < RANK[LEAST[need]])
      throw new Refusal('forbidden', `This needs the role ${LEAST[need]}; the token’s role is ${principal.role}.`);
  });
}

async function authenticate(request: FastifyRequest, tokens: Tokens): Promise<Principal> {
  const [scheme, text, ...rest] = (request.headers.authorization ?? '').split(' ');
  const principal =
    scheme?.toLowerCase() === 'bearer' && text !== undefined && rest.length === 0
      ? await tokens.authenticate(text)
      : null;
  if (principal === null)
    throw new Refusal(
      'unauthenticated',
      'Send a token as `Authorization: Bearer fht_…`. `flaghoist setup` makes the first one, `flaghoist tokens create` others.',
      {
        headers: { 'www-authenticate': 'Bearer realm="flaghoist"' },
      },
    );
  return principal;
}

async function setScope(request: FastifyRequest, principal: Principal, need: Need, projects: Projects): Promise<void> {
  const params = request.params as { readonly project?: string; readonly environment?: string };
  if (params.project === undefined) return;
  const project = await projects.byKey(params.project);
  if (project === undefined || (principal.projectId !== null && principal.projectId !== project.id))
    throw new Refusal('not_found', `There is no project ${params.project} that this token may see.`);
  const { environment: key } = params;
  const environment = key === undefined ? undefined : await projects.environments.byKey(project.id, key);
  if (key !== undefined && environment === undefined)
    throw new Refusal('not_found', `Project ${project.key} has no environment ${key}.`);
  const archived = project.archivedAt !== null;
  request.scope = {
    project: { id: project.id, key: project.key, archived },
    environment:
      environment === undefined
        ? null
        : { id: environment.id, key: environment.key, archived: environment.archivedAt !== null },
  };
  // With an idempotency key the request may be a retry of one that was made before the archiving: the command looks that
  // up first, and refuses what is new.
  if (need !== 'read' && request.headers['idempotency-key'] === undefined) refuseArchived(request.scope);
}

function refuseArchived({ project, environment }: Scope): void {
  const named = project.archived
    ? `Project ${project.key}`
    : environment?.archived
      ? `Environment ${environment.key}`
      : null;
  if (named !== null) throw archived(named);
}
