/** Sentences about flags as pieces, so that a page can style what is a variant, a value or a key. */
export type SpanKind =
  | 'text'
  | 'variant'
  | 'attribute'
  | 'value'
  | 'segment'
  | 'flag'
  | 'rule'
  | 'percent'
  /** Said in passing: how a value is read, how many more there are. */
  | 'remark';

export interface Span {
  readonly kind: SpanKind;
  readonly text: string;
}

export type Words = readonly Span[];

export const text = (words: string): Span => ({ kind: 'text', text: words });
export const variantSpan = (name: string): Span => ({ kind: 'variant', text: name });
export const attributeSpan = (path: string): Span => ({ kind: 'attribute', text: path });
export const valueSpan = (value: string): Span => ({ kind: 'value', text: value });
export const remark = (words: string): Span => ({ kind: 'remark', text: words });
export const percentSpan = (words: string): Span => ({ kind: 'percent', text: words });

/** The sentence for screen readers and tests. */
export function textOf(words: Words): string {
  return words.map((span) => span.text).join('');
}

/** `a, b and c`; `word` instead of `and`. */
export function list(items: readonly Words[], word = 'and'): Words {
  return items.flatMap((item, index) => {
    if (index === 0) return item;
    return [text(index === items.length - 1 ? ` ${word} ` : ', '), ...item];
  });
}

/** `a, b, c and 7 more`. */
export function someOf(items: readonly Words[], most: number): Words {
  const shown = items.slice(0, most);
  const joined = shown.flatMap((item, index) => (index === 0 ? item : [text(', '), ...item]));
  const more = items.length - shown.length;
  return more === 0 ? joined : [...joined, remark(` and ${more.toLocaleString('en')} more`)];
}

export function capital(words: Words): Words {
  const [first, ...rest] = words;
  if (first === undefined) return words;
  return [{ ...first, text: first.text.charAt(0).toUpperCase() + first.text.slice(1) }, ...rest];
}
