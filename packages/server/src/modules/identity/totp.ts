/** Time-based one-time codes (RFC 6238): SHA-1, six digits, 30 seconds, as every authenticator app has them. */
import { createHmac } from 'node:crypto';
import { equalsConstantTime } from '@flaghoist/runtime/crypto';

const STEP_SECONDS = 30;
const DIGITS = 6;
/** A clock may be one step off either way (RFC 6238, 5.2). */
const DRIFT = 1;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The code of a time step. */
export function totpCode(secret: Uint8Array, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const hash = createHmac('sha1', secret).update(counter).digest();
  const offset = (hash.at(-1) ?? 0) & 15;
  return String((hash.readUInt32BE(offset) & 0x7fff_ffff) % 10 ** DIGITS).padStart(DIGITS, '0');
}

export function totpStep(now: Date): number {
  return Math.floor(now.getTime() / 1_000 / STEP_SECONDS);
}

/** The time step that a code belongs to; null when it is wrong, or not newer than the last one that was used. */
export function acceptTotp(secret: Uint8Array, code: string, now: Date, lastStep: number): number | null {
  const current = totpStep(now);
  for (let step = current - DRIFT; step <= current + DRIFT; step++)
    if (equalsConstantTime(totpCode(secret, step), code) && step > lastStep) return step;
  return null;
}

/** RFC 4648, without padding. */
export function base32(bytes: Uint8Array): string {
  let bits = 0;
  let value = 0;
  let text = '';
  for (const byte of bytes) {
    value = (value << 8) | byte;
    bits += 8;
    for (; bits >= 5; bits -= 5) text += ALPHABET.charAt((value >>> (bits - 5)) & 31);
    value &= 31;
  }
  return bits > 0 ? text + ALPHABET.charAt((value << (5 - bits)) & 31) : text;
}

/** What a QR code holds (Key URI Format). */
export function totpUri(secret: Uint8Array, account: string): string {
  const query = `secret=${base32(secret)}&issuer=Flaghoist&algorithm=SHA1&digits=${DIGITS}&period=${STEP_SECONDS}`;
  return `otpauth://totp/Flaghoist:${encodeURIComponent(account)}?${query}`;
}
