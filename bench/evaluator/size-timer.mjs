// @ts-check
/**
 * `size-timer.mjs product|bare FEW MANY`: whether an evaluation costs more where there are more flags, in a process of its own.
 * Prints one JSON line: for each work the nanoseconds with `few` flags loaded; the same flags asked for with `many` loaded; and
 * `all` of these asked for in turn.
 */
import './offline.mjs';
import { loadSubject } from './subject.mjs';
import { timeLoop } from './timing.mjs';
import { createFlags, keysOf, users, WANTED, WORKS } from './work.mjs';

const BATCHES = 60;
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
  const loops = {
    few: loopOver(small, someFlags),
    many: loopOver(large, someFlags),
    all: loopOver(large, allFlags),
  };
  // First all of them for a moment: code that has seen one ruleset only is faster than it will ever be again.
  for (const loop of Object.values(loops)) await timeLoop(loop, 1);
  times[work] = {
    few: await timeLoop(loops.few, BATCHES),
    many: await timeLoop(loops.many, BATCHES),
    all: await timeLoop(loops.all, BATCHES),
  };
}
console.log(JSON.stringify(times));
process.exit(0);
