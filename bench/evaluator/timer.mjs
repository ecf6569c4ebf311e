// @ts-check
/**
 * `timer.mjs SUBJECT FLAGS`: checks and times one evaluator, in a process of its own, with so many flags. Prints one JSON
 * line: the median nanoseconds of an evaluation for each kind of flag, `TYPE WORK`.
 */
import './offline.mjs';
import { requireRightAnswers } from './right-answers.mjs';
import { loadSubject } from './subject.mjs';
import { timeLoop } from './timing.mjs';
import { createFlags, keysOf, KINDS, users, WANTED } from './work.mjs';

const [name = '', count = ''] = process.argv.slice(2);
const flags = createFlags(Number(count));
const subject = await loadSubject(name, flags);
await requireRightAnswers(name, subject, flags);
const contexts = users.map((user) => subject.contextOf(user));
/** @type {Record<string, number>} */
const times = {};
for (const { type, work } of KINDS) {
  times[`${type} ${work}`] = await timeLoop({
    keys: keysOf(flags, { type, work }),
    contexts,
    evaluate: subject[type],
    valueOf: subject.valueOf,
    wanted: WANTED[type],
    waits: subject.waits ?? false,
  });
}
console.log(JSON.stringify(times));
await subject.close?.();
process.exit(0);
