/**
 * A build of the provider with two bugs that no check can find: it cannot read one value, and its evaluator fails over one operand.
 * Loaded with --import by tests of what such a build does to a candidate; nothing of it is in the product.
 */
const { parse } = JSON;
const startsWith = Reflect.get(String.prototype, 'startsWith');

JSON.parse = (text, ...rest) => {
  if (typeof text === 'string' && text.includes('"a value that this SDK cannot read"') && text.includes('{"key":'))
    throw new Error('planted: this value cannot be read');
  return parse(text, ...rest);
};

Reflect.defineProperty(String.prototype, 'startsWith', {
  /** @param {string} text @param {unknown[]} rest */
  value(text, ...rest) {
    if (text === 'an operand that this SDK fails over') throw new Error('planted: this operand is not understood');
    return Reflect.apply(startsWith, this, [text, ...rest]);
  },
});
