/** Flags and segments with one or several random faults, repeatable from a seed. */
import { type Edit, flag, segment } from '../published-environment.ts';
import { RICH_FLAG, RICH_SEGMENT } from './type-poison.ts';

export interface Mutant {
  readonly name: string;
  readonly edit: Edit;
}

type Random = () => number;

const JUNK: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  0.5,
  1e308,
  '',
  'on',
  'x'.repeat(2_000),
  '__proto__',
  '\ud800',
  '(a+)+$',
  'a(?=b)',
  [],
  {},
  [[]],
  { variant: 'on' },
  { rollout: {} },
  { segment: 'beta' },
  { group: 'all', conditions: [] },
];
const BYTES = '{}[]",:\\0e-+.tfn \u0000\u2028\ud800';

/** `count` of them. The same seed makes the same ones. */
export function* mutants(seed: number, count: number): Generator<Mutant> {
  const random = createRandom(seed);
  for (let i = 0; i < count; i++) yield mutant(i, random);
}

function mutant(number: number, random: Random): Mutant {
  const isFlag = random() < 0.7;
  const [kind, key] = isFlag ? (['flag', 'checkout'] as const) : (['segment', 'beta'] as const);
  const plain = isFlag ? flag('checkout', 'on', 'beta').json : segment('beta', ['ann']).json;
  const mould: unknown = random() < 0.7 ? (isFlag ? RICH_FLAG : RICH_SEGMENT) : JSON.parse(plain ?? '{}');
  const faults = 1 + Math.floor(random() * 3);
  let value = mould;
  let text = '';
  if (random() < 0.6) {
    for (let i = 0; i < faults; i++) value = changed(value, random);
    text = JSON.stringify(value) ?? 'null';
  } else {
    text = JSON.stringify(mould);
    for (let i = 0; i < faults; i++) text = scratched(text, random);
  }
  return { name: `mutant ${number}`, edit: { kind, key, json: text === '' ? ' ' : text } };
}

/** One value somewhere inside is another, twice there, or gone. */
function changed(value: unknown, random: Random): unknown {
  if (typeof value !== 'object' || value === null || random() < 0.15) return pick(JUNK, random);
  if (Array.isArray(value)) {
    const at = Math.floor(random() * (value.length + 1));
    const list: unknown[] = [...(value as readonly unknown[])];
    const fate = random();
    if (fate < 0.15) list.splice(at, 1);
    else if (fate < 0.3) list.splice(at, 0, list[at] ?? pick(JUNK, random));
    else list[Math.min(at, Math.max(0, list.length - 1))] = changed(list[at], random);
    return list;
  }
  const members = Object.entries(value);
  const [name = 'x', before] = members[Math.floor(random() * members.length)] ?? [];
  const fate = random();
  if (fate < 0.1) return Object.fromEntries(members.filter(([one]) => one !== name));
  if (fate < 0.2) return { ...value, [String(pick(JUNK, random))]: before };
  return { ...value, [name]: changed(before, random) };
}

/** One character is another, gone, or a stretch is twice there. */
function scratched(text: string, random: Random): string {
  const at = Math.floor(random() * text.length);
  const fate = random();
  if (fate < 0.3) return text.slice(0, at) + text.slice(at + 1);
  if (fate < 0.5) return text.slice(0, at) + text.slice(Math.max(0, at - 20));
  const other = BYTES[Math.floor(random() * BYTES.length)] ?? ' ';
  return text.slice(0, at) + other + text.slice(at + (fate < 0.8 ? 1 : 0));
}

function pick<T>(list: readonly T[], random: Random): T | undefined {
  return list[Math.floor(random() * list.length)];
}

/** Mulberry32. */
function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** How many mutants a test tries, from which seed: `MUTANTS=100000 npm run prove` tries more, `SEED=n` repeats a run. */
export function mutantRun(): { readonly seed: number; readonly count: number; readonly timeoutMs: number } {
  const count = Number(process.env['MUTANTS'] ?? 2_000);
  const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 32));
  return { seed, count, timeoutMs: 60_000 + count * 20 };
}
