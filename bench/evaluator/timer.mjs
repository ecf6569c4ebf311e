// @ts-check
/**
 * `timer.mjs SUBJECT FLAGS FIRST`: times and checks one evaluator, in a process of its own, with so many flags. Prints one JSON
 * line: the median nanoseconds of an evaluation for each kind of flag, `TYPE WORK`. FIRST numbers the kind to begin with: code
 * that has seen one kind only is faster, so each should be the first in some process.
 */
import './offline.mjs';
import { requireRightAnswers } from './right-answers.mjs';
import { loadSubject } from './subject.mjs';
import { timeLoop } from './timing.mjs';
import { createFlags, keysOf, KINDS, users, WANTED } from './work.mjs';

const [name = '', count = '', first = '0'] = process.argv.slice(2);
const flags = createFlags(Number(count));
const subject = await loadSubject(name, flags);
const contexts = users.map((user) => subject.contextOf(user));
/** @type {Record<string, number>} */
const times = {};
const at = Number(first) % KINDS.length;
for (const { type, work } of [...KINDS.slice(at), ...KINDS.slice(0, at)]) {
  times[`${type} ${work}`] = await timeLoop({
    keys: keysOf(flags, { type, work }),
    contexts,
    evaluate: subject[type],
    valueOf: subject.valueOf,
    wanted: WANTED[type],
    waits: subject.waits ?? false,
  });
}
// Afterwards, so that it does not show the code all kinds before the first is timed.
await requireRightAnswers(name, subject, flags);
console.log(JSON.stringify(times));
await subject.close?.();
process.exit(0);
