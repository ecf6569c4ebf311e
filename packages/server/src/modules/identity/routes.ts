import type { Logger } from '@flaghoist/runtime/telemetry';
import type { Api } from '../../platform/api.ts';
import { connectionRoutes } from './connections-routes.ts';
import type { Identity } from './identity.ts';
import { invitationRoutes } from './routes-invitations.ts';
import { meRoutes } from './routes-me.ts';
import { peopleRoutes } from './routes-people.ts';
import { signInRoutes } from './routes-sign-in.ts';
import { ssoRoutes } from './sso-routes.ts';

export interface IdentityRoutesDeps {
  readonly identity: Identity;
  readonly version: string;
  readonly logger: Logger;
}

export function identityRoutes(app: Api, deps: IdentityRoutesDeps): void {
  signInRoutes(app, deps);
  meRoutes(app, deps.identity);
  peopleRoutes(app, deps.identity);
  invitationRoutes(app, deps.identity);
  connectionRoutes(app, deps.identity.connections);
  ssoRoutes(app, { ...deps.identity, logger: deps.logger });
}
