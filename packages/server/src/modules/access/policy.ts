/**
 * The policy's door: every route says what it needs (platform/principal.ts), and passes here before its body is read. What grants give
 * is decided in platform/rights.ts.
 *
 * A project or environment that is not the principal's to see answers as if it did not exist.
 */
import type { FastifyRequest } from 'fastify';
import type { Api } from '../../platform/api.ts';
import type { Need, Principal, Scope, SignedIn } from '../../platform/principal.ts';
import { archived, Refusal } from '../../platform/refusal.ts';
import type { RequestLimits } from '../../platform/request-limits.ts';
import { forbidden, isAtLeast, Rights, type Role } from '../../platform/rights.ts';
import type { Projects } from '../projects/index.ts';
import type { Grants } from './grants.ts';
import type { Tokens } from './tokens.ts';

const LEAST: { readonly [need in Exclude<Need, 'public' | 'known' | 'person'>]: Role } = {
  read: 'viewer',
  edit: 'editor',
  'edit parts': 'editor',
  administer: 'admin',
  'administer parts': 'admin',
  'administer project': 'admin',
  'administer something': 'admin',
  'read installation': 'viewer',
  'administer installation': 'admin',
};

export interface PolicyDeps {
  readonly tokens: Tokens;
  readonly grants: Grants;
  readonly projects: Projects;
  readonly limits: RequestLimits;
  /**
   * Who the request's session cookie belongs to; null without a valid one. Refuses a write that another site sent. A look
   * does not count as use of the session.
   */
  readonly signedIn: (request: FastifyRequest, how: { readonly isLook: boolean }) => Promise<SignedIn | null>;
}

export function installPolicy(app: Api, deps: PolicyDeps): void {
  app.addHook('onRequest', async (request, reply) => {
    const need = request.routeOptions.config.needs;
    if (need === undefined || need === 'public') return;
    const principal = await authenticate(request, deps);
    request.principal = principal;
    reply.headers(deps.limits.ofPrincipal(principal.id));
    request.scope = await scopeOf(request, principal, deps.projects);
    if (need === 'person' && principal.person === null)
      throw new Refusal(
        'forbidden',
        'This is about a person’s own account; a token has none. Sign in on the dashboard.',
      );
    refuseTooLow(need, principal.rights, request.scope);
    // With an idempotency key the request may be a retry of one that was made before the archiving: the command looks that
    // up first, and refuses what is new.
    if (need !== 'read' && request.scope !== null && request.headers['idempotency-key'] === undefined)
      refuseArchived(request.scope);
  });
}

/**
 * Who a request speaks for at this moment, however long it has been answered for; null: nobody, or nobody any more. Asking
 * keeps no session alive: a stream that nobody looks at any more must not.
 */
export async function principalNow(request: FastifyRequest, deps: PolicyDeps): Promise<Principal | null> {
  return principalOf(request, deps, true);
}

async function principalOf(request: FastifyRequest, deps: PolicyDeps, isLook: boolean): Promise<Principal | null> {
  const { authorization } = request.headers;
  return authorization === undefined ? personOf(request, deps, isLook) : tokenOf(authorization, deps);
}

async function authenticate(request: FastifyRequest, deps: PolicyDeps): Promise<Principal> {
  const principal = await principalOf(request, deps, false);
  if (principal === null)
    throw new Refusal(
      'unauthenticated',
      'Sign in on the dashboard, or send a token as `Authorization: Bearer fht_…`. `flaghoist setup` makes the first one, `flaghoist tokens create` others.',
      {
        headers: { 'www-authenticate': 'Bearer realm="flaghoist"' },
      },
    );
  return principal;
}

async function tokenOf(authorization: string, deps: PolicyDeps): Promise<Principal | null> {
  const [scheme, text, ...rest] = authorization.split(' ');
  return scheme?.toLowerCase() === 'bearer' && text !== undefined && rest.length === 0
    ? deps.tokens.authenticate(text)
    : null;
}

async function personOf(request: FastifyRequest, deps: PolicyDeps, isLook: boolean): Promise<Principal | null> {
  const person = await deps.signedIn(request, { isLook });
  if (person === null) return null;
  const rights = new Rights(await deps.grants.of(person.personId));
  return { id: `person:${person.personId}`, name: person.name, rights, person };
}

async function scopeOf(request: FastifyRequest, { rights }: Principal, projects: Projects): Promise<Scope | null> {
  const params = request.params as { readonly project?: string; readonly environment?: string };
  if (params.project === undefined) return null;
  const project = await projects.byKey(params.project);
  if (project === undefined || rights.somewhereIn(project.id) === null)
    throw new Refusal('not_found', `There is no project ${params.project} that you may see.`);
  const { environment: key } = params;
  const environment = key === undefined ? undefined : await projects.environments.byKey(project.id, key);
  const isVisible = environment !== undefined && rights.inEnvironment(project.id, environment.id) !== null;
  if (key !== undefined && !isVisible)
    throw new Refusal('not_found', `Project ${project.key} has no environment ${key} that you may see.`);
  return {
    project: { id: project.id, key: project.key, archived: project.archivedAt !== null },
    environment:
      environment === undefined
        ? null
        : { id: environment.id, key: environment.key, archived: environment.archivedAt !== null },
  };
}

function refuseTooLow(need: Exclude<Need, 'public'>, rights: Rights, scope: Scope | null): void {
  if (need === 'known' || need === 'person') return;
  const [has, where] = need.endsWith('installation')
    ? [rights.inInstallation, 'the whole installation']
    : roleAt(need, rights, scope);
  if (!isAtLeast(has, LEAST[need])) throw forbidden(LEAST[need], has, where);
}

function roleAt(need: Need, rights: Rights, scope: Scope | null): readonly [Role | null, string] {
  if (need === 'administer something') return [rights.anywhere, 'some project or environment'];
  if (scope === null) throw new Error(`a route that needs “${need}” names no project in its path`);
  const { project, environment } = scope;
  if (need === 'edit parts' || need === 'administer parts')
    return [rights.somewhereIn(project.id), `an environment of project ${project.key}`];
  if (environment !== null && need !== 'administer project')
    return [rights.inEnvironment(project.id, environment.id), `environment ${environment.key}`];
  // Who sees a part of a project may read what belongs to all of it: its name, its flags.
  if (need === 'read') return [rights.somewhereIn(project.id), `project ${project.key}`];
  return [rights.inProject(project.id), `project ${project.key}`];
}

function refuseArchived({ project, environment }: Scope): void {
  const named = project.archived
    ? `Project ${project.key}`
    : environment?.archived
      ? `Environment ${environment.key}`
      : null;
  if (named !== null) throw archived(named);
}
