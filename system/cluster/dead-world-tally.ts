/** Counts what was answered while the world was dead, and what of it was wrong. */
import { inspect } from 'node:util';
import type { Answer, Observation } from '../application.ts';
import type { OfrepAnswer } from '../ofrep.ts';

export interface DeadWorldOutcome {
  /** By applications, in their processes. What a process did after it was last asked, and before it was killed, is not counted. */
  readonly evaluations: number;
  /** Over OFREP, through nginx. */
  readonly overOfrep: number;
  /** Of both, those with an error, or with another value than everybody had when the world died. */
  readonly failed: number;
  /** The first few. */
  readonly failures: readonly string[];
  readonly edgesKilled: number;
  readonly applicationsKilled: number;
  readonly seconds: number;
}

export interface DeadWorldTally {
  edgesKilled: number;
  readonly applicationsKilled: number;
  /** What a process has seen so far. */
  see(name: string, observation: Observation): void;
  /** Another process of that name begins, with this answer. */
  begin(name: string, first: Answer): void;
  heard(answer: OfrepAnswer | Error): void;
  /** Answers of all kinds. */
  answered(): number;
  outcome(seconds: number): DeadWorldOutcome;
}

const SHOWN = 10;
type Counts = Pick<Observation, 'evaluations' | 'failed'>;

export function createDeadWorldTally(value: number): DeadWorldTally {
  const running = new Map<string, Counts>();
  const past: { evaluations: number; failed: number } = { evaluations: 0, failed: 0 };
  const failures: string[] = [];
  let [overOfrep, failed, applicationsKilled] = [0, 0, 0];

  function fail(words: string): void {
    failed += 1;
    if (failures.length < SHOWN) failures.push(words);
  }

  function expectValue(name: string, answer: Answer | null): void {
    if (answer !== null && answer.value !== value) fail(`${name}: ${JSON.stringify(answer)}`);
  }

  const all = (of: (counts: Counts) => number): number =>
    [past, ...running.values()].reduce((sum, one) => sum + of(one), 0);
  const evaluations = (): number => all((counts) => counts.evaluations);

  return {
    edgesKilled: 0,
    get applicationsKilled() {
      return applicationsKilled;
    },
    see(name, { evaluations: count, failed: wrong, failures: shown, backwards, last }) {
      running.set(name, { evaluations: count, failed: wrong });
      if (failures.length < SHOWN) failures.push(...shown.map((one) => `${name}: ${JSON.stringify(one)}`));
      for (const { after } of backwards) expectValue(name, after);
      expectValue(name, last);
    },
    begin(name, first) {
      applicationsKilled += 1;
      const before = running.get(name);
      past.evaluations += before?.evaluations ?? 0;
      past.failed += before?.failed ?? 0;
      running.delete(name);
      expectValue(name, first);
    },
    heard(answer) {
      overOfrep += 1;
      if (answer instanceof Error) fail(`OFREP: ${inspect(answer)}`);
      else if (answer.status !== 200 || (JSON.parse(answer.text) as { readonly value?: unknown }).value !== value)
        fail(`OFREP: ${answer.status} ${answer.text}`);
    },
    answered: () => evaluations() + overOfrep,
    outcome(seconds) {
      return {
        evaluations: evaluations(),
        overOfrep,
        failed: failed + all((counts) => counts.failed),
        failures,
        edgesKilled: this.edgesKilled,
        applicationsKilled,
        seconds,
      };
    },
  };
}
