/** The form of a new flag: what was written so far, what is wrong with it, and what it asks the server for. */
import { keyProblem, type NamedKey, withKey, withName } from '../../api/key-text.ts';
import type { FlagKind } from './flag-search.ts';
import { readValue, startText } from './variant-value.ts';

export interface VariantDraft {
  /** Stays when the name changes. */
  readonly id: number;
  readonly name: string;
  /** As it was typed. */
  readonly text: string;
}

export interface NewFlag extends NamedKey {
  readonly type: FlagKind;
  readonly variants: readonly VariantDraft[];
  /** Ids of variants; `off` null: an off flag answers with the caller's own default. */
  readonly off: number | null;
  readonly on: number;
  readonly description: string;
  readonly tags: readonly string[];
  readonly owner: string;
  readonly clientVisible: boolean;
  readonly nextId: number;
}

export type NewFlagEvent =
  | { readonly event: 'name'; readonly name: string }
  | { readonly event: 'key'; readonly key: string }
  | { readonly event: 'type'; readonly type: FlagKind }
  | { readonly event: 'addVariant' }
  | { readonly event: 'removeVariant'; readonly id: number }
  | { readonly event: 'variant'; readonly id: number; readonly name?: string; readonly text?: string }
  | { readonly event: 'serves'; readonly when: 'on' | 'off'; readonly id: number | null }
  | {
      readonly event: 'set';
      readonly set: Partial<Pick<NewFlag, 'description' | 'tags' | 'owner' | 'clientVisible'>>;
    };

export const MOST_VARIANTS = 100;
const STARTS: Readonly<Record<FlagKind, readonly string[]>> = {
  boolean: ['on', 'off'],
  string: ['standard', 'new'],
  number: ['standard', 'new'],
  object: ['standard', 'new'],
};

export function beginFlag(owner = ''): NewFlag {
  const blank = { name: '', key: '', keyIsOwn: false, description: '', tags: [], owner, clientVisible: false };
  return withType({ ...blank, type: 'boolean', variants: [], off: null, on: 0, nextId: 0 }, 'boolean');
}

export function stepFlag(flag: NewFlag, event: NewFlagEvent): NewFlag {
  switch (event.event) {
    case 'name':
      return withName(flag, event.name);
    case 'key':
      return withKey(flag, event.key);
    case 'type':
      return flag.type === event.type ? flag : withType(flag, event.type);
    case 'addVariant': {
      if (flag.variants.length >= MOST_VARIANTS) return flag;
      const added = {
        id: flag.nextId,
        name: freeName(flag.variants),
        text: startText(flag.type, flag.variants.length),
      };
      return { ...flag, variants: [...flag.variants, added], nextId: flag.nextId + 1 };
    }
    case 'removeVariant':
      return withoutVariant(flag, event.id);
    case 'variant':
      return {
        ...flag,
        variants: flag.variants.map((one) =>
          one.id === event.id ? { ...one, name: event.name ?? one.name, text: event.text ?? one.text } : one,
        ),
      };
    case 'serves':
      return event.when === 'off' ? { ...flag, off: event.id } : { ...flag, on: event.id ?? flag.on };
    case 'set':
      return { ...flag, ...event.set };
  }
}

/** What is wrong, by field: `name`, `key`, `owner`, `description`, `tags`, `variants`, `variant ID name`, `variant ID value`. */
export type FlagProblems = { readonly [field: string]: string };

export function flagProblems(flag: NewFlag): FlagProblems {
  const problems: Record<string, string> = {};
  if (flag.name.trim().length > 256) problems['name'] = 'Shorten the name to 256 characters.';
  const wrongKey = keyProblem(flag.key);
  if (wrongKey !== null) problems['key'] = wrongKey;
  if (flag.description.length > 4_096) problems['description'] = 'Shorten the description to 4,096 characters.';
  if (flag.owner.length > 256) problems['owner'] = 'Shorten the owner to 256 characters.';
  if (flag.tags.some((tag) => tag.length > 64)) problems['tags'] = 'Shorten each tag to 64 characters.';
  const names = flag.variants.map(({ name }) => name);
  for (const [at, { id, name, text }] of flag.variants.entries()) {
    const wrongName = names.indexOf(name) < at ? `There is a variant ${name} already.` : keyProblem(name);
    if (wrongName !== null) problems[`variant ${id} name`] = wrongName;
    const value = readValue(flag.type, text);
    if (!value.ok) problems[`variant ${id} value`] = value.problem;
  }
  return problems;
}

/** What the server is asked for. Call it when there are no problems. */
export function toCreate(flag: NewFlag) {
  const nameOf = (id: number | null) => flag.variants.find((variant) => variant.id === id)?.name;
  const variants = flag.variants.map(({ name, text }) => {
    const value = readValue(flag.type, text);
    return [name, value.ok ? value.value : null] as const;
  });
  const off = nameOf(flag.off);
  const on = nameOf(flag.on);
  return {
    key: flag.key,
    type: flag.type,
    name: flag.name.trim() === '' ? flag.key : flag.name.trim(),
    ...(flag.description.trim() === '' ? {} : { description: flag.description.trim() }),
    ...(flag.owner.trim() === '' ? {} : { owner: flag.owner.trim() }),
    ...(flag.tags.length === 0 ? {} : { tags: [...flag.tags] }),
    variants: Object.fromEntries(variants),
    ...(off === undefined ? {} : { offVariant: off }),
    ...(on === undefined ? {} : { defaultVariant: on }),
    ...(flag.clientVisible ? { clientVisible: true } : {}),
  };
}

function withType(flag: NewFlag, type: FlagKind): NewFlag {
  const variants = STARTS[type].map((name, at) => ({ id: flag.nextId + at, name, text: startText(type, at) }));
  const [first, second] = [flag.nextId, flag.nextId + 1];
  const serves = type === 'boolean' ? { on: first, off: second } : { on: second, off: first };
  return { ...flag, type, variants, ...serves, nextId: flag.nextId + variants.length };
}

function withoutVariant(flag: NewFlag, id: number): NewFlag {
  const variants = flag.variants.filter((one) => one.id !== id);
  const first = variants[0];
  if (first === undefined) return flag;
  return { ...flag, variants, off: flag.off === id ? first.id : flag.off, on: flag.on === id ? first.id : flag.on };
}

function freeName(variants: readonly VariantDraft[]): string {
  for (let number = variants.length + 1; ; number += 1) {
    const name = `variant-${number}`;
    if (!variants.some((one) => one.name === name)) return name;
  }
}
