import type { ProblemDocument } from '@flaghoist/protocol/management';
import type { ExchangeAnswer } from './exchange.ts';
import type { Outcome } from './refusal.ts';

export interface Accepted {
  readonly json: { readonly [member: string]: unknown };
  readonly answer: ExchangeAnswer;
}

/** The JSON object that a 2xx answer holds, or the refusal that the answer is. `expected` is for the message. */
export function parseAnswer(answer: ExchangeAnswer, url: string, expected: string): Outcome<Accepted> {
  const { status } = answer;
  const json = parseObject(answer.body);
  if (status >= 200 && status < 300) {
    if (json !== undefined) return { ok: true, value: { json, answer } };
    return { ok: false, refusal: { kind: 'foreign', url, status, message: `its body is no ${expected}.` } };
  }
  const problem = problemIn(answer);
  if (problem !== undefined) return { ok: false, refusal: { kind: 'problem', status, problem } };
  const location = answer.headers['location'];
  const message = location === undefined ? 'its body is not a problem document.' : `it points to ${location}.`;
  return { ok: false, refusal: { kind: 'foreign', url, status, message } };
}

/** The problem document in an answer of any status. */
export function problemIn(answer: ExchangeAnswer): ProblemDocument | undefined {
  const { code, title, detail } = parseObject(answer.body) ?? {};
  const isProblem = typeof code === 'string' && typeof title === 'string' && typeof detail === 'string';
  return isProblem ? (parseObject(answer.body) as ProblemDocument | undefined) : undefined;
}

function parseObject(text: string): Accepted['json'] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Accepted['json'])
      : undefined;
  } catch {
    return undefined;
  }
}
