import { generateSigningKey, parseSigningKey, type SigningKey } from '@flaghoist/runtime/crypto';

/** A signing key that nobody else has. */
export function newSigningKey(): SigningKey {
  const key = parseSigningKey(generateSigningKey());
  if (key === null) throw new Error('what was generated cannot be read');
  return key;
}
