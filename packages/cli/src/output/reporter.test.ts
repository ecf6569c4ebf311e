import { describe, expect, it } from 'vitest';
import { createTestHost } from '../../test-support/run-command.ts';
import { CommandFailure } from '../command-failure.ts';
import { createReporter, reportFailure } from './reporter.ts';

const ESCAPE = '\u001b';
const failure = new CommandFailure(1, 'some_code', 'It failed.\nMend it.');

describe('colours', () => {
  const error = (isTTY: boolean, env: { readonly [name: string]: string }): string => {
    const host = createTestHost({ isTTY, env });
    reportFailure(host, 'human', failure);
    return host.err();
  };

  it('are used on a terminal', () => {
    expect(error(true, {})).toContain(`${ESCAPE}[31merror:${ESCAPE}[39m It failed.\n`);
  });

  it.each([
    ['anywhere else', false, {}],
    ['with NO_COLOR', true, { NO_COLOR: '1' }],
    ['on a dumb terminal', true, { TERM: 'dumb' }],
    ['anywhere else, whatever FORCE_COLOR says', false, { FORCE_COLOR: '1', CI: 'true' }],
  ])('are not used %s', (_where, isTTY, env) => {
    expect(error(isTTY, env)).toBe('error: It failed.\nMend it.\n');
  });

  it('are used with an empty NO_COLOR, as no-color.org says', () => {
    expect(error(true, { NO_COLOR: '' })).toContain(ESCAPE);
  });
});

describe('tables', () => {
  const reporter = createReporter(createTestHost(), 'human');

  it('align their columns by what is seen, wide characters included', () => {
    expect(
      reporter.table(
        ['A', 'B'],
        [
          ['日本', '1'],
          ['x', '22'],
        ],
      ),
    ).toBe('A     B\n日本  1\nx     22\n');
  });

  it('show text from elsewhere without its power over the terminal', () => {
    expect(reporter.table(['A'], [[`red${ESCAPE}[31m\n\u202e`]])).toBe('A\nred\\u001b[31m\\u000a\\u202e\n');
    expect(reporter.list([['name', '\u0007bell']])).toBe('name  \\u0007bell\n');
  });

  it('are empty without rows', () => {
    expect(reporter.table(['A'], [])).toBe('');
  });
});

describe('a failure with JSON output', () => {
  it('is the problem document on one line', () => {
    const host = createTestHost();
    const problem = { type: 'about:blank', title: 'T', status: 409, code: 'already_exists', detail: 'D' };
    reportFailure(host, 'json', new CommandFailure(6, 'already_exists', 'm', problem));
    expect(host.err()).toBe(`${JSON.stringify(problem)}\n`);
  });

  it('has a code and a detail when it does not come from the server', () => {
    const host = createTestHost();
    reportFailure(host, 'json', failure);
    expect(host.err()).toBe('{"code":"some_code","detail":"It failed.\\nMend it."}\n');
  });
});
