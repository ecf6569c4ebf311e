import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { BACKOFF_CAP_MS, PACE, RETRY_AFTER_CAP_MS } from './backoff.ts';
import { FIRST_HEAD_MS, HEALTHY_MS, NEXT_HEAD_MS, QUICK_RETRY_MS, SETTLE_MS } from './follower-streaming.ts';
import { POLLS } from './follower-polling.ts';
import { HEALTHY_USE_MS } from './trial.ts';

const read = (path: string): string => readFileSync(fileURLToPath(new URL(path, import.meta.url)), 'utf8');
const SPEC = read('../../../spec/sync.md');
const LINE = /^\| ([A-Z])(\d+) \| .* \| `([^`]+)`: (.+) \|$/gm;
const LINES = [...SPEC.matchAll(LINE)].map(([, part = '', number, file = '', test = '']) => ({
  part,
  number: Number(number),
  file,
  test,
}));

describe('spec/sync.md', () => {
  it('numbers its lines without gaps, and each says which test shows it', () => {
    for (const part of ['W', 'U', 'F', 'N', 'R', 'D', 'A']) {
      const numbers = LINES.filter((line) => line.part === part).map(({ number }) => number);
      expect(numbers, part).toEqual(Array.from({ length: numbers.length }, (_, i) => i + 1));
      expect(numbers.length, part).toBeGreaterThan(8);
    }
    // Nothing that looks like a line is left out because it is written otherwise.
    expect(SPEC.match(/^\| [A-Z]\d+ \|/gm)).toHaveLength(LINES.length);
  });

  for (const { part, number, file, test } of LINES)
    it(`${part}${number} is shown by a test that exists: ${test}`, () => {
      const quoted = ["'", '`', '"'].some((quote) => read(`../../${file}`).includes(`${quote}${test}${quote}`));
      const named = quoted || read('../test-support/played-machine.ts').includes(`'${test}'`);
      expect(named, `${file} has no test "${test}"`).toBe(true);
    });

  it('names every state and timer, and says the times that the machine keeps', () => {
    const machine = read('follower-state.ts');
    const states = [...machine.matchAll(/readonly name: '(\w+)'/g)].map(([, name = '']) => name);
    expect(states).toHaveLength(8);
    for (const state of states) expect(SPEC).toContain(`| \`${state}\` |`);
    for (const timer of ['wait', 'silent', 'late', 'unsettled', 'healthy', 'aged', 'asked'])
      expect(SPEC).toContain(`\`${timer}\``);
    const seconds = [BACKOFF_CAP_MS, RETRY_AFTER_CAP_MS, HEALTHY_MS, FIRST_HEAD_MS, NEXT_HEAD_MS, SETTLE_MS];
    expect(seconds.map((ms) => ms / 1_000)).toEqual([30, 300, 60, 5, 25, 1]);
    expect([QUICK_RETRY_MS, PACE.pollMs, POLLS, HEALTHY_USE_MS]).toEqual([200, 15_000, 20, 10_000]);
  });
});
