/** What the routes of this module ask of a request. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { commandOf, principalOf } from '../../platform/api.ts';
import type { SignedIn } from '../../platform/principal.ts';
import { Rights } from '../../platform/rights.ts';
import type { Command } from '../changes/index.ts';
import type { Visitor } from './auth-engine.ts';
import type { RequestOrigin } from './request-origin.ts';

/** Anybody may post these: an e-mail address, a name and a password are at most a few kilobytes, escaped. */
export const SIGN_IN_BODY_LIMIT = 32_768;

export function visitorOf(request: FastifyRequest, origin: RequestOrigin): Visitor {
  return { address: origin.addressOf(request), userAgent: request.headers['user-agent'] ?? '' };
}

/** The person who asks, on a route that needs one. */
export function meOf(request: FastifyRequest): SignedIn {
  const { person } = principalOf(request);
  if (person === null) throw new Error(`${request.routeOptions.url ?? ''} lets tokens in`);
  return person;
}

/** A write of somebody who is not signed in; `name` is what history shows. */
export function strangersCommand(request: FastifyRequest, action: string, name: string): Command {
  return commandOf(request, action, { id: 'sign-in', name, rights: new Rights([]) });
}

/** Answers with people and sessions stay in no cache. */
export async function keepOutOfCaches(_request: FastifyRequest, reply: FastifyReply): Promise<void> {
  reply.header('cache-control', 'no-store');
}
