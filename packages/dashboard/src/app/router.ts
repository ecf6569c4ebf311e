import type { QueryClient } from '@tanstack/react-query';
import { createRouter } from '@tanstack/react-router';
import { onForbidden, onUnauthenticated } from '../api/client.ts';
import { readRightsAgain } from '../api/query-client.ts';
import { sessionQuery } from '../api/queries/session.ts';
import { tellDrawn } from '../ui/late-part.tsx';
import { routeTree } from './routes.ts';
import { parseSearch, stringifySearch } from './search.ts';

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
  interface StaticDataRouteOption {
    /** Of the document, without the program's name. */
    readonly title?: string;
    /** Stands alone, without the shell. */
    readonly isBare?: boolean;
    /** The page says by itself when what people came for is drawn (`useDrawn`); other pages hardly wait. */
    readonly tellsDrawn?: boolean;
  }
}

/** The router; a session that ends while one works leads to the sign-in page and back, and rights that end take their buttons along. */
export function createAppRouter(client: QueryClient) {
  const router = createRouter({
    routeTree,
    context: { client },
    parseSearch,
    stringifySearch,
    defaultPreload: 'intent',
    // What a page reads is kept fresh by the query layer, not by the router.
    defaultPreloadStaleTime: 0,
    defaultPendingMs: 300,
    scrollRestoration: true,
  });
  router.subscribe('onRendered', () => {
    if (router.state.matches.at(-1)?.staticData.tellsDrawn !== true) tellDrawn();
  });
  onUnauthenticated(() => {
    if (client.getQueryData(sessionQuery.queryKey) === undefined) return;
    client.removeQueries({ queryKey: sessionQuery.queryKey });
    void router.navigate({ to: '/sign-in', search: { to: router.state.location.href } });
  });
  onForbidden(() => readRightsAgain(client));
  return router;
}
