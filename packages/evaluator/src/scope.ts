/** What one evaluation is about: handed from step to step, never kept. */
import type { Attributes } from './conditions/attribute.ts';
import type { HashedKey } from './rulesets/chunk.ts';
import type { Content } from './rulesets/content.ts';
import type { Moment } from './model.ts';

export class Scope {
  readonly content: Content;
  readonly attributes: Attributes;
  readonly moment: Moment | null;
  /** Segments decided on the way: one that is asked for by many is decided once. */
  segments: Map<string, boolean> | null = null;
  /** The context's targeting key, when a segment asked for it and it is a text. */
  key: HashedKey | null = null;
  /** What flags with prerequisites serve, decided on the way; undefined: no variant. */
  served: Map<string, string | undefined> | null = null;

  constructor(content: Content, attributes: Attributes, moment: Moment | null) {
    this.content = content;
    this.attributes = attributes;
    this.moment = moment;
  }
}

const NO_ATTRIBUTES: Attributes = Object.freeze({});

/** The context itself; nothing at all when it is no object, or an array. */
export function attributesOf(context: unknown): Attributes {
  return typeof context === 'object' && context !== null && !Array.isArray(context)
    ? (context as Attributes)
    : NO_ATTRIBUTES;
}
