// @ts-check
import { sha256 } from '@flaghoist/runtime/crypto';

/** The real hash, which also counts the bytes it was given. */
export function createCountingSha256() {
  let bytes = 0;
  return {
    /** @param {string} text */
    sha256: (text) => {
      bytes += Buffer.byteLength(text);
      return sha256(text);
    },
    /** Bytes hashed since the call before. */
    take() {
      const counted = bytes;
      bytes = 0;
      return counted;
    },
  };
}
