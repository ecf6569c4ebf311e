import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REFUSALS } from '../platform/refusal.ts';
import { type DatabasePlace, makePlace } from '../../test-support/database-place.ts';
import { type RunningServerUnderTest, startOn } from '../../test-support/running-server.ts';
import { ROUTES } from '../../test-support/route-table.ts';

interface Operation {
  readonly summary?: string;
  readonly security?: readonly object[];
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>;
}

interface Document {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}

const COMMITTED = fileURLToPath(new URL('../../../../openapi.json', import.meta.url));
const RULESET_SCHEMA = new URL('../../../../spec/ruleset.schema.json', import.meta.url);
const PACKAGE = new URL('../../package.json', import.meta.url);
const WRITE_IT = 'write it with `npm run openapi` and commit it';

const pretty = (document: unknown): string => `${JSON.stringify(document, null, 2)}\n`;

describe('the OpenAPI document', () => {
  let place: DatabasePlace;
  let server: RunningServerUnderTest;
  let served: Document;

  beforeAll(async () => {
    place = await makePlace('embedded database', () => Promise.reject(new Error('not needed')));
    server = await startOn(place);
    const { status, headers, text } = await server.client.send({ path: '/openapi.json' });
    expect([status, headers['content-type']]).toEqual([200, 'application/json; charset=utf-8']);
    served = JSON.parse(text) as Document;
  });
  afterAll(async () => {
    await server.stop();
    await place.remove();
  });

  const operations = () =>
    Object.entries(served.paths).flatMap(([path, byMethod]) =>
      Object.entries(byMethod).map(([method, operation]) => ({ route: `${method} ${path}`, operation })),
    );

  it('is committed as it is served', async () => {
    expect(existsSync(COMMITTED), `openapi.json is missing: ${WRITE_IT}`).toBe(true);
    const text = await readFile(COMMITTED, 'utf8');
    const { version } = JSON.parse(await readFile(PACKAGE, 'utf8')) as { version: string };
    const expected = { ...served, info: { ...served.info, version } };
    expect(JSON.parse(text), `openapi.json is out of date: ${WRITE_IT}`).toEqual(expected);
    expect(text, `openapi.json is not as the program writes it: ${WRITE_IT}`).toBe(pretty(JSON.parse(text)));
  });

  it('is OpenAPI 3.1, of the version that runs', () => {
    expect(served.openapi).toMatch(/^3\.1\.\d+$/);
    expect(served.info.version).toBe('0.0.0-test');
  });

  it('gives every route a summary of its own, which is a sentence of its own', () => {
    const summaries = operations().map(({ operation }) => operation.summary ?? '');
    expect(operations().length).toBeGreaterThan(30);
    for (const { route, operation } of operations()) expect(operation.summary, route).toMatch(/^[A-Z].{2,120}[^.]$/);
    expect(new Set(summaries).size).toBe(summaries.length);
  });

  it('refers only to what it holds, and holds only what it refers to', () => {
    const text = JSON.stringify(served);
    const references = [...text.matchAll(/"\$ref":"([^"]*)"/g)].map(([, reference]) => reference ?? '');
    expect(references.length).toBeGreaterThan(50);
    const resolved = references.map((reference) => {
      expect(reference).toMatch(/^#\//);
      return reference
        .slice(2)
        .split('/')
        .reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], served);
    });
    expect(references.filter((_, i) => resolved[i] === undefined)).toEqual([]);
    const unused = Object.keys(served.components.schemas).filter(
      (name) => !references.includes(`#/components/schemas/${name}`),
    );
    expect(unused).toEqual([]);
  });

  it('says of every route what a success and what a refusal look like', () => {
    for (const { route, operation } of operations()) {
      const statuses = Object.keys(operation.responses);
      // 202 beside another: what was asked for is tried first where publication is staged.
      const success = statuses.filter((status) => status.startsWith('2') && status !== '202');
      const isWithoutSchema = ['/watch', '/openapi.json', '/schemas/ruleset'].some((end) => route.endsWith(end));
      expect(success.length, route).toBe(isWithoutSchema ? 0 : 1);
      for (const status of ['4XX', '5XX'])
        expect(Object.keys(operation.responses[status]?.content ?? {}), `${route} ${status}`).toEqual([
          'application/problem+json',
        ]);
    }
  });

  it('asks for a token everywhere but where none is needed', () => {
    const open = operations().filter(({ operation }) => operation.security?.length === 0);
    const tabled = ROUTES.filter(({ needs }) => needs === 'public');
    expect(open.map(({ route }) => route).sort()).toEqual(
      tabled.map(({ method, path }) => `${method.toLowerCase()} ${path}`).sort(),
    );
    expect(tabled.length).toBeLessThan(15);
  });

  it('has the published schema of rulesets beside it', async () => {
    const { status, headers, text } = await server.client.send({ path: '/api/v1/schemas/ruleset' });
    expect([status, headers['content-type']]).toEqual([200, 'application/schema+json; charset=utf-8']);
    expect(text).toBe(await readFile(RULESET_SCHEMA, 'utf8'));
  });

  it('lists every error code with its status', () => {
    for (const [code, { status }] of Object.entries(REFUSALS))
      expect(served.info.description).toContain(`\`${code}\` (${status})`);
  });
});
