import { request as send } from 'node:http';
import type { Moment } from '@flaghoist/evaluator';
import { readEvaluationSuite, type SuiteAnswer, type SuiteCase } from '@flaghoist/testkit/evaluation-suite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EdgeServer } from '../../../test-support/edge-server.ts';
import { entity, History, mintKey } from '../../../test-support/history.ts';

/** One environment and one key for each file of the suite. */
const FILES = readEvaluationSuite().map((file) => ({ ...file, key: mintKey('server') }));

/** Levels of objects and lists that the door takes. */
const CONTEXT_DEPTH = 32;
const OVER_THE_LIMIT = 2;

let edge: EdgeServer;
/** A case without a moment is asked without one, which this door alone never does. */
let moment: Moment | undefined;
let asked = 0;
let refused = 0;

beforeAll(async () => {
  edge = await EdgeServer.create({ moment: () => moment as Moment });
  for (const { name, entities, key } of FILES) {
    const history = new History(`env-${name}`);
    const lines = entities.map(({ kind, key: entityKey, json }) => entity(kind, entityKey, JSON.parse(json)));
    history.change(...lines, key.line());
    history.publishCheckpoint(edge.log);
  }
  await edge.edge.start();
});

afterAll(() => edge.close());

interface Answer {
  readonly status: number;
  readonly json: { readonly [member: string]: unknown };
}

function ask({ flag, context }: SuiteCase, key: string): Promise<Answer> {
  const body = JSON.stringify({ context });
  const headers = { authorization: `Bearer ${key}`, 'content-length': Buffer.byteLength(body) };
  const path = `/ofrep/v1/evaluate/flags/${encodeURIComponent(flag)}`;
  return new Promise((resolve, reject) => {
    const request = send({ host: '127.0.0.1', port: edge.port, method: 'POST', path, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, json: JSON.parse(text) as Answer['json'] }));
    });
    request.on('error', reject).end(body);
  });
}

/** What OFREP carries of an answer: errors without reason and rule. */
function expectedOf(flag: string, { reason, rule, errorCode, ...served }: SuiteAnswer): Answer {
  if (errorCode !== undefined)
    return { status: errorCode === 'FLAG_NOT_FOUND' ? 404 : 400, json: { key: flag, errorCode } };
  return { status: 200, json: { key: flag, ...served, reason, ...(rule === undefined ? {} : { metadata: { rule } }) } };
}

function depthOf(value: unknown): number {
  return typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;
}

describe('the OFREP door', () => {
  it.each(FILES)('answers the cases of $name as they say', async ({ cases, key }) => {
    for (const one of cases) {
      moment = one.moment;
      const { status, json } = await ask(one, key.text);
      const { errorDetails, ...answer } = json;
      if (depthOf(one.context) > CONTEXT_DEPTH) {
        expect({ case: one.name, status, ...answer }).toMatchObject({ case: one.name, errorCode: 'INVALID_CONTEXT' });
        refused++;
      } else {
        const expected = expectedOf(one.flag, one.expected);
        expect({ case: one.name, status, ...answer }).toStrictEqual({
          case: one.name,
          status: expected.status,
          ...expected.json,
        });
        expect(typeof errorDetails).toBe(status === 200 ? 'undefined' : 'string');
      }
      asked++;
    }
  });

  it('was asked all of them, and refused only contexts that are deeper than it takes', () => {
    expect(asked).toBeGreaterThanOrEqual(450);
    expect(refused).toBe(OVER_THE_LIMIT);
  });
});
