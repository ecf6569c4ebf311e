/** Sends many requests that must be refused, and tells which were not refused as they should be. */
import { REFUSALS, type RefusalCode } from '../src/platform/refusal.ts';
import type { ApiAnswer, ApiClient, ApiRequest } from './api-client.ts';

export interface MustRefuse {
  /** For the report. */
  readonly what: string;
  readonly request: ApiRequest;
  readonly code: RefusalCode | readonly RefusalCode[];
  /** A path that `errors` must name. */
  readonly names?: string;
  /** A header that must stand in the answer. */
  readonly header?: string;
}

/** Requests that are under way at once: a request that waits for its turn here has not begun, and nor has its deadline. */
const AT_ONCE = 30;

/** One line for each request that was not refused as it should be; an empty list is the expected result. */
export async function judgeAll(client: ApiClient, cases: readonly MustRefuse[]): Promise<readonly string[]> {
  if (cases.length === 0) throw new Error('there is nothing to judge');
  const problems: string[] = [];
  const waiting = cases.values();
  async function work(): Promise<void> {
    for (const one of waiting) {
      const problem = await send(client, one);
      if (problem !== null) problems.push(problem);
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return problems;
}

async function send(client: ApiClient, one: MustRefuse): Promise<string | null> {
  const { method = 'GET', path } = one.request;
  const label = `${method} ${path.slice(0, 120)} (${one.what})`;
  const answer = await client.send(one.request).catch((error: unknown) => error as Error);
  if (answer instanceof Error) return `${label}: ${answer.message}`;
  const problem = judge(answer, one);
  return problem === null ? null : `${label}: ${problem}; the answer is ${answer.status} ${answer.text.slice(0, 300)}`;
}

interface Document {
  readonly type?: unknown;
  readonly title?: unknown;
  readonly status?: unknown;
  readonly code?: unknown;
  readonly detail?: unknown;
  readonly errors?: readonly { readonly path?: unknown; readonly code?: unknown; readonly message?: unknown }[];
}

const MEMBERS = new Set(['type', 'title', 'status', 'code', 'detail', 'errors']);

function judge(answer: ApiAnswer, { code, names, header }: MustRefuse): string | null {
  const document = readDocument(answer);
  if (typeof document === 'string') return document;
  const wanted = typeof code === 'string' ? [code] : code;
  if (!wanted.includes(document.code as RefusalCode)) return `the code must be ${wanted.join(' or ')}`;
  const paths = (document.errors ?? []).map((error) => error.path);
  if (names !== undefined && !paths.includes(names)) return `errors must name ${names}`;
  if (header !== undefined && answer.headers[header] === undefined) return `the header ${header} is missing`;
  return null;
}

/** The problem document, or what is wrong with it. */
function readDocument({ status, headers, text }: ApiAnswer): Document | string {
  if (headers['content-type'] !== 'application/problem+json; charset=utf-8')
    return `a problem document must be application/problem+json, not ${headers['content-type'] ?? 'nothing'}`;
  const document = JSON.parse(text) as Document;
  const known = Object.entries(REFUSALS).find(([code]) => code === document.code)?.[1];
  if (known === undefined) return 'the code must be one of the catalogue';
  if (status !== known.status || document.status !== status) return `the status must be ${known.status}, twice`;
  if (document.title !== known.title || document.type !== 'about:blank')
    return 'title and type must be the catalogue’s';
  if (typeof document.detail !== 'string' || document.detail.length < 10) return 'the detail must be a sentence';
  if (!Object.keys(document).every((member) => MEMBERS.has(member))) return 'there must be no other members';
  const complete = (document.errors ?? []).every(
    (error) => typeof error.path === 'string' && typeof error.code === 'string' && typeof error.message === 'string',
  );
  return complete ? document : 'each error must have path, code and message';
}
