// @ts-check
/**
 * `bare-holder.mjs FILE...`: the floor of holding rulesets. Reads the files an edge has saved, one after the other, parses
 * the JSON of each flag, keeps its text and nothing else, and prints how many there are and when that was. Stays.
 */
import { readFileSync } from 'node:fs';
import { endWithInput } from '../process/end-with-input.mjs';

endWithInput();
/** @type {Map<string, string>[]} */
const held = process.argv.slice(2).map((file) => {
  /** @type {Map<string, string>} */
  const texts = new Map();
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (!line.startsWith('flag\t')) continue;
    const [, , , json = ''] = line.split('\t', 4);
    texts.set(JSON.parse(json).key, json);
  }
  return texts;
});
const value = held.reduce((sum, { size }) => sum + size, 0);
console.log(JSON.stringify({ value, answered: String(process.hrtime.bigint()) }));
// Whoever reads its memory finds all of it held.
setInterval(() => held.length, 60_000);
