// @ts-check
/**
 * `size-timer.mjs product|bare FEW MANY`: whether an evaluation costs more where there are more flags, in a process of its own.
 * Prints one JSON line: for each work the nanoseconds with `few` flags loaded; the same flags asked for with `many` loaded; and
 * `all` of these asked for in turn.
 */
import './offline.mjs';
import { loadSubject } from './subject.mjs';
import { timeTogether } from './timing.mjs';
import { createFlags, keysOf, users, WANTED, WORKS } from './work.mjs';

const [name = '', few = '', many = ''] = process.argv.slice(2);
const someFlags = createFlags(Number(few));
const allFlags = createFlags(Number(many));
const small = await loadSubject(name, someFlags);
const large = await loadSubject(name, allFlags);
const contexts = users.map((user) => large.contextOf(user));
/** @type {Record<string, { few: number; many: number; all: number }>} */
const times = {};
for (const work of WORKS) {
  const kind = { type: /** @type {const} */ ('boolean'), work };
  /** @param {import('./subject.mjs').Subject} subject @param {readonly import('./work.mjs').Flag[]} asked */
  const loopOver = ({ boolean, valueOf }, asked) => ({
    keys: keysOf(asked, kind),
    contexts,
    evaluate: boolean,
    valueOf,
    wanted: WANTED.boolean,
  });
  const loops = [loopOver(small, someFlags), loopOver(large, someFlags), loopOver(large, allFlags)];
  const [ofFew = Number.NaN, ofMany = Number.NaN, ofAll = Number.NaN] = await timeTogether(loops);
  times[work] = { few: ofFew, many: ofMany, all: ofAll };
}
console.log(JSON.stringify(times));
process.exit(0);
