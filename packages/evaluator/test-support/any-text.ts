/** Texts that an encoder could get wrong. */
import * as fc from 'fast-check';

/** Any UTF-16, lone surrogates included, with runs of ASCII between. */
export const anyText = fc
  .array(
    fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.string({ unit: 'binary', maxLength: 4 }),
      fc.integer({ min: 0xd7f0, max: 0xe00f }).map((unit) => String.fromCharCode(unit)),
      fc.constantFrom('é', '日本', '😀', '\u0000', '\u007f\u0080', '\u07ff\u0800', '\uffff'),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''));
