/** Probes for whoever supervises the process: no key, no database, on every role. */
import type { Mount } from '@flaghoist/runtime/http';

/** `/livez`: the process answers. `/readyz`: it has what it needs to serve; does not latch. */
export function createProbes(isReady: () => boolean): Mount {
  return {
    handle(request, response) {
      const path = request.url?.split('?', 1)[0];
      if (path !== '/livez' && path !== '/readyz') return false;
      const ready = path === '/livez' || isReady();
      response.writeHead(ready ? 200 : 503, {
        'content-type': 'application/json; charset=utf-8',
        'cache-control': 'no-store',
      });
      response.end(
        JSON.stringify(
          path === '/livez' ? { alive: true } : { ready, problems: ready ? [] : ['a ruleset is not verified yet'] },
        ),
      );
      return true;
    },
  };
}
