/** Probes for whoever supervises the process: no key, no database, on every role. */
import type { Edge } from '@flaghoist/edge';
import type { Mount } from '@flaghoist/runtime/http';

export interface Readiness {
  readonly ready: boolean;
  /** Since the oldest of the rulesets was known to be the newest; null: there are none. */
  readonly oldestRulesetMs: number | null;
  /** Rulesets from disk that nobody above has confirmed since the start. */
  readonly unconfirmed: number;
}

/** `edge` null: this process has none. */
export function describeReadiness(ready: boolean, edge: Pick<Edge, 'status'> | null): Readiness {
  const environments = edge?.status().environments ?? [];
  const ages = environments.flatMap(({ ageMs }) => (ageMs === null ? [] : [ageMs]));
  const unconfirmed = environments.filter(({ confirmed, revision }) => !confirmed && revision !== null).length;
  return { ready, oldestRulesetMs: ages.length === 0 ? null : Math.max(...ages), unconfirmed };
}

/** `/livez`: the process answers. `/readyz`: it has what it needs to serve, and how old that is; does not latch. */
export function createProbes(look: () => Readiness): Mount {
  return {
    handle(request, response) {
      const path = request.url?.split('?', 1)[0];
      if (path !== '/livez' && path !== '/readyz') return false;
      const readiness = path === '/livez' ? null : look();
      response.writeHead(readiness?.ready === false ? 503 : 200, {
        'content-type': 'application/json; charset=utf-8',
        'cache-control': 'no-store',
      });
      const { ready, ...ages } = readiness ?? {};
      const problems = ready === false ? ['a ruleset is not verified yet'] : [];
      response.end(JSON.stringify(readiness === null ? { alive: true } : { ready, problems, ...ages }));
      return true;
    },
  };
}
