/** One row of the table of routes. */
import type { Need } from '../../src/platform/principal.ts';

/** Path parameters of the content that `content-for-routes.ts` makes. */
export type RouteParams = Readonly<
  Record<
    | 'project'
    | 'environment'
    | 'flag'
    | 'segment'
    | 'key'
    | 'token'
    | 'change'
    | 'person'
    | 'session'
    | 'invitation'
    | 'connection'
    | 'filter',
    string
  >
>;

export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH';
  /** As the OpenAPI document writes it. */
  readonly path: string;
  readonly needs: Need;
  /** A body that passes every check but those on what exists. */
  readonly body?: Readonly<Record<string, unknown>>;
  readonly required?: readonly string[];
  /** Whether it asks for If-Match. */
  readonly edits?: true;
  readonly query?: readonly string[];
  /** Query members that it cannot do without, with a value each. */
  readonly asks?: Readonly<Record<string, string>>;
  /** What a cursor of this list counts by. */
  readonly pages?: 'text' | 'number';
  /** Of a write: parameters and body with which it succeeds while the content is made, in the table's order. */
  readonly succeeds?: { readonly on?: Partial<RouteParams>; readonly body?: Readonly<Record<string, unknown>> };
}

export const PROJECT = '/api/v1/projects/{project}';
export const ENVIRONMENT = `${PROJECT}/environments/{environment}`;
export const PAGE = ['limit', 'cursor'];
/** Where writes succeed that archive or rename what they act on. */
export const on = { project: 'made', environment: 'made', flag: 'made', segment: 'made' };
export const inShop = { ...on, project: 'shop' };
export const inProduction = { ...inShop, environment: 'production' };
export const made = { key: 'made', name: 'Made while the content was made' };
