/** Probes for whoever supervises the process: no key, no database, on every role. */
import type { Mount } from '@flaghoist/runtime/http';
import type { CertificateStatus } from '@flaghoist/runtime/tls';

export interface Readiness {
  /** Why requests had better go elsewhere; empty: it is ready. */
  readonly problems: readonly string[];
  /** Since the oldest of the rulesets was known to be the newest; null: there are none. */
  readonly oldestRulesetMs: number | null;
  /** Rulesets from disk that nobody above has confirmed since the start. */
  readonly unconfirmed: number;
  /** What it listens with; absent: plain HTTP. Its end makes no process unready: who is connected is served. */
  readonly certificate?: CertificateStatus | undefined;
}

/** What an edge says of its rulesets. */
interface Rulesets {
  status(): {
    readonly environments: readonly {
      readonly ageMs: number | null;
      readonly confirmed: boolean;
      readonly revision: number | null;
    }[];
  };
}

/**
 * `edge` null: this process has none. `asked`: what it follows was asked for the newest, or did not answer in time. Until
 * then it answers whoever comes, from disk, and whoever can choose had better wait that moment.
 */
export function describeReadiness(verified: boolean, edge: Rulesets | null, asked = true): Readiness {
  const problems = [
    ...(verified ? [] : ['a ruleset is not verified yet']),
    ...(asked ? [] : ['it was not asked yet whether there are newer rulesets']),
  ];
  const environments = edge?.status().environments ?? [];
  const ages = environments.flatMap(({ ageMs }) => (ageMs === null ? [] : [ageMs]));
  const unconfirmed = environments.filter(({ confirmed, revision }) => !confirmed && revision !== null).length;
  return { problems, oldestRulesetMs: ages.length === 0 ? null : Math.max(...ages), unconfirmed };
}

/**
 * `worker`: which of several processes behind one port this is; each answers for itself. Null: there is one.
 *
 * `/livez`: the process answers. `/readyz`: it has what it needs to serve, and how old that is; does not latch.
 */
export function createProbes(look: () => Readiness, worker: number | null): Mount {
  return {
    // Supervisors have no client certificates, and learn nothing here that is worth one.
    forStrangers: true,
    handle(request, response) {
      const { url = '' } = request;
      // Asked for every request to the edge: most are known by their beginning to be none of these.
      if (!url.startsWith('/livez') && !url.startsWith('/readyz')) return false;
      const [path] = url.split('?', 1);
      if (path !== '/livez' && path !== '/readyz') return false;
      const readiness = path === '/livez' ? null : look();
      const ready = readiness === null || readiness.problems.length === 0;
      response.writeHead(ready ? 200 : 503, {
        'content-type': 'application/json; charset=utf-8',
        'cache-control': 'no-store',
      });
      const answer = readiness === null ? { alive: true } : { ready, ...readiness };
      response.end(JSON.stringify(worker === null ? answer : { ...answer, worker }));
      return true;
    },
  };
}
