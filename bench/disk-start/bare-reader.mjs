// @ts-check
/** `bare-reader.mjs FILE`: the floor. Reads the same file and parses every JSON text in it, checks nothing, keeps nothing. */
import { readFileSync } from 'node:fs';

const [file = ''] = process.argv.slice(2);
const began = process.hrtime.bigint();
let flags = 0;
for (const line of readFileSync(file, 'utf8').split('\n')) {
  const at = line.indexOf('{');
  if (at >= 0 && typeof JSON.parse(line.slice(at)).enabled === 'boolean') flags++;
}
const answered = process.hrtime.bigint();
console.log(JSON.stringify({ value: flags, began: String(began), answered: String(answered) }));
