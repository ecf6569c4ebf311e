/** The management API as a script uses it. */
import { randomUUID } from 'node:crypto';

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

export interface WriteOptions {
  readonly ifMatch?: string;
  readonly idempotencyKey?: string;
  readonly reason?: string;
}

export interface ManagementApi {
  readonly url: string;
  readonly token: string;
  /** The whole answer, whatever its status; rejects when there is none. Paths begin below `/api/v1`. */
  send(method: string, path: string, body?: unknown, options?: WriteOptions): Promise<ApiAnswer>;
  /** The answer's body; rejects, showing it, unless the status is 2xx. */
  get<T>(path: string): Promise<T>;
  /** Every item of a list, page after page. */
  list<T>(path: string): Promise<readonly T[]>;
  /** The answer's body, once the outcome is known; rejects unless the status is 2xx. */
  write<T>(method: 'POST' | 'PATCH', path: string, body?: unknown, options?: WriteOptions): Promise<T>;
  /** Edits a flag’s configuration, whatever it is now. */
  configure(project: string, environment: string, flag: string, edit: object): Promise<FlagConfiguration>;
}

export interface FlagConfiguration {
  readonly key: string;
  readonly enabled: boolean;
  readonly revision: number;
}

/** A change as `changes`, `watch` and their paths show it. */
export interface Change {
  readonly id: string;
  readonly action: string;
  readonly author: string;
  readonly reason: string | null;
  /** RFC 3339. */
  readonly at: string;
  readonly revisions: readonly { readonly environment: string; readonly epoch: number; readonly revision: number }[];
  readonly entities: readonly { readonly environment: string; readonly kind: string; readonly key: string }[];
}

export interface AuditEntry {
  readonly number: number;
  readonly body: {
    readonly action: string;
    readonly change: string;
    readonly reason: string | null;
    readonly revision: number;
  };
}

export interface Evaluation {
  readonly value?: unknown;
  readonly variant?: string;
  readonly reason: string;
  readonly rule?: string;
}

export interface Status {
  readonly ready: boolean;
  readonly environments: readonly {
    readonly project: string;
    readonly environment: string;
    readonly epoch: number;
    readonly revision: number;
    readonly published: number;
    readonly publisher: string | null;
    readonly edge: number | null;
    readonly streams: number;
  }[];
  readonly bus: {
    readonly kind: string;
    readonly version: string | null;
    readonly replicas: { readonly wanted: number; readonly current: number } | null;
    readonly acknowledgement: string | null;
    readonly problem: string | null;
  };
  readonly reconciled: { readonly republished: number; readonly mismatches: number } | null;
  readonly exposures: { readonly spooled: number; readonly queued: number | null };
  readonly backups: { readonly newest: string | null; readonly problem: string | null } | null;
}

const DEADLINE_MS = 10_000;
const ASKED_AT_MOST = 5;

function isUnknown({ status, body }: ApiAnswer): boolean {
  return status === 503 && (body as { readonly code?: unknown }).code === 'outcome_unknown';
}

export function openManagementApi(url: string, token: string): ManagementApi {
  async function send(method: string, path: string, body?: unknown, options: WriteOptions = {}): Promise<ApiAnswer> {
    const { ifMatch, idempotencyKey = randomUUID(), reason } = options;
    const answer = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(method === 'GET' ? {} : { 'idempotency-key': idempotencyKey }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
        ...(reason === undefined ? {} : { 'flaghoist-reason': encodeURIComponent(reason) }),
      },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
    return { status: answer.status, headers: answer.headers, body: await answer.json() };
  }

  async function expectDone<T>(asked: string, answer: ApiAnswer): Promise<T> {
    if (answer.status < 200 || answer.status > 299)
      throw new Error(`${asked}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body as T;
  }

  const get = async <T>(path: string): Promise<T> => expectDone(`GET ${path}`, await send('GET', path));
  const write: ManagementApi['write'] = async (method, path, body, options) => {
    const same = { idempotencyKey: randomUUID(), ...options };
    let answer = await send(method, path, body, same);
    // A machine with much else to do keeps a database waiting; the same request tells what became of it.
    for (let asked = 1; asked < ASKED_AT_MOST && isUnknown(answer); asked++)
      answer = await send(method, path, body, same);
    return expectDone(`${method} ${path}`, answer);
  };
  return {
    url,
    token,
    send,
    get,
    write,
    async list<T>(path: string): Promise<readonly T[]> {
      const items: T[] = [];
      for (let cursor: string | null = ''; cursor !== null; ) {
        const place: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
        const page: { readonly items: readonly T[]; readonly next: string | null } = await get(
          `${path}${path.includes('?') ? '&' : '?'}limit=500${place}`,
        );
        items.push(...page.items);
        cursor = page.next;
      }
      return items;
    },
    configure: (project, environment, flag, edit) =>
      write('PATCH', `/projects/${project}/environments/${environment}/flags/${flag}`, edit, { ifMatch: '*' }),
  };
}

/** Completes the setup of a new server. */
export async function setUp(server: {
  readonly url: string;
  readonly setupUrl: string | null;
}): Promise<ManagementApi> {
  const setup = server.setupUrl?.split('#')[1];
  if (setup === undefined) throw new Error('this server is set up already');
  const visitor = openManagementApi(server.url, 'none');
  const { secret } = await visitor.write<{ readonly secret: string }>('POST', '/setup', { setup });
  return openManagementApi(server.url, secret);
}

/** Makes an SDK key; answers the key itself, and its id. */
export async function makeKey(
  api: ManagementApi,
  project: string,
  environment: string | readonly string[],
  kind: 'server' | 'client' | 'relay',
): Promise<{ readonly id: string; readonly secret: string }> {
  return api.write('POST', `/projects/${project}/keys`, { kind, environments: [environment].flat() });
}
