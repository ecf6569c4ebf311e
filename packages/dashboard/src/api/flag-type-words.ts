/** Types of flags, as people read them; “on” and “off” are kept for the state, which a flag of every type has. */
import type { Flag } from './openapi.d.ts';

export const FLAG_TYPE_WORDS: Readonly<Record<Flag['type'], string>> = {
  boolean: 'Boolean',
  string: 'Text',
  number: 'Number',
  object: 'JSON',
};
