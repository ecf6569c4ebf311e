/** Regular expressions for tests of this package, which knows no engine of its own. */
import type { RegexEngine } from '../src/model.ts';

/**
 * JavaScript's engine, which backtracks and differs from RE2 in places: for patterns only that both read the same way.
 * RE2 takes flags at the start of a pattern, JavaScript apart from it.
 */
export const JAVASCRIPT_REGEX: RegexEngine = {
  compile(pattern, ignoreCase) {
    const [start = '', flags = ''] = /^\(\?([ims]+)\)/.exec(pattern) ?? [];
    const all = new Set(['u', ...flags.split(''), ...(ignoreCase ? ['i'] : [])]);
    const expression = new RegExp(pattern.slice(start.length), [...all].join(''));
    return (text) => expression.test(text);
  },
};
