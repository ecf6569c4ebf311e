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

/**
 * `worker`: which of several processes behind one port this is; each answers for itself. Null: there is one.
 *
 * `/livez`: the process answers. `/readyz`: it has what it needs to serve, and how old that is; does not latch.
 * `/readyz?role=ROLE`: of that role alone, which `look` is told.
 */
export function createProbes(look: (role: string | null) => Promise<Readiness>, worker: number | null): Mount {
  return {
    // Supervisors have no client certificates, and learn nothing here that is worth one.
    forStrangers: true,
    handle(request, response) {
      const { url = '' } = request;
      // Asked for every request to the edge: most are known by their beginning to be none of these.
      if (!url.startsWith('/livez') && !url.startsWith('/readyz')) return false;
      const [path, query = ''] = url.split('?', 2);
      if (path !== '/livez' && path !== '/readyz') return false;
      const send = (status: 200 | 503, answer: object): void => {
        response.writeHead(status, {
          'content-type': 'application/json; charset=utf-8',
          'cache-control': 'no-store',
        });
        response.end(JSON.stringify(worker === null ? answer : { ...answer, worker }));
      };
      if (path === '/livez') send(200, { alive: true });
      else
        void look(new URLSearchParams(query).get('role')).then((readiness) => {
          const ready = readiness.problems.length === 0;
          send(ready ? 200 : 503, { ready, ...readiness });
        });
      return true;
    },
  };
}
