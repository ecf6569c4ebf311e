// @ts-check
/**
 * `preparation.mjs product|bare FLAGS`: what it costs to take in a ruleset of so many flags, in a process of its own, and then
 * a change of one flag. Prints one JSON line of milliseconds. `bare` only parses the same texts.
 */
import './offline.mjs';
import { evaluate, patch, prepare } from '@flaghoist/evaluator';
import { median, quantile } from '../measure/statistics.mjs';
import { toEntities } from './entities.mjs';
import { startClock } from './timing.mjs';
import { createFlags, users } from './work.mjs';

const AGAIN = 10;
const CHANGES = 600;
const [who = '', count = ''] = process.argv.slice(2);
const entities = toEntities(createFlags(Number(count)));
const SOMEBODY = { ...users[0] };

/** @template T @param {() => T} work */
function timed(work) {
  const clock = startClock();
  const result = work();
  return { ms: clock(), result };
}

/** For what takes microseconds: the processor's time is not told any finer. @template T @param {() => T} work */
function timedFinely(work) {
  const began = performance.now();
  const result = work();
  return { ms: performance.now() - began, result };
}

/** @template T @param {import('@flaghoist/evaluator').Checked<T>} checked */
function valueOf(checked) {
  if (checked.ok) return checked.value;
  throw new Error(`It does not prepare: ${JSON.stringify(checked.problems[0])}`);
}

/** Flags with rules, each another one, with a text nobody has seen before. */
const changes = Array.from({ length: CHANGES }, (_, i) => {
  const entity = entities[(1 + 6 * i) % entities.length];
  if (entity === undefined) throw new Error('There are no flags.');
  return { ...entity, json: entity.json.replace('@team-', `@new-${i}-team-`) };
});

function measureProduct() {
  const cold = timed(() => valueOf(prepare(entities)));
  let ruleset = cold.result;
  const firstUse = timed(() => {
    for (const { key } of entities) if (evaluate(ruleset, key, SOMEBODY).variant === undefined) throw new Error(key);
  });
  const warm = Array.from({ length: AGAIN }, () => timed(() => valueOf(prepare(entities))).ms);
  const patches = changes.map((change) => {
    const changed = timedFinely(() => valueOf(patch(ruleset, [change])));
    ruleset = changed.result;
    return { ms: changed.ms, used: timedFinely(() => evaluate(ruleset, change.key, SOMEBODY)).ms };
  });
  return {
    cold: cold.ms,
    firstUse: firstUse.ms,
    warm: median(warm),
    patch: median(patches.map(({ ms }) => ms)),
    patchLate: quantile(
      patches.map(({ ms }) => ms),
      0.99,
    ),
    patchUsed: median(patches.map(({ ms, used }) => ms + used)),
  };
}

function measureBare() {
  const text = `[${entities.map(({ json }) => json).join(',')}]`;
  /** @param {string} json */
  const parse = (json) => timed(() => JSON.parse(json)).ms;
  const cold = parse(text);
  const warm = Array.from({ length: AGAIN }, () => parse(text));
  return {
    cold,
    warm: median(warm),
    patch: median(changes.map(({ json }) => timedFinely(() => JSON.parse(json)).ms)),
    bytes: Buffer.byteLength(text),
  };
}

console.log(JSON.stringify(who === 'bare' ? measureBare() : measureProduct()));
