/** Session cookies: plain strings, read defensively. */
import { createHmac } from 'node:crypto';

export interface CookieNames {
  readonly session: string;
  /** While the code of the second step is still to come. */
  readonly pending: string;
}

export interface Cookies extends CookieNames {
  /** `Set-Cookie` with a signed token. */
  set(name: string, token: string, maxAgeSeconds: number): string;
  /** `Set-Cookie` with a text as it is: letters, digits, `-` and `_`. */
  setText(name: string, text: string, maxAgeSeconds: number): string;
  /** `Set-Cookie` that makes a browser forget. */
  clear(name: string): string;
  /** The signed text of a cookie as it was sent; null unless it is there once and has the shape of ours. */
  read(header: string | undefined, name: string): string | null;
  /** The text of a cookie, whatever it is; null unless it is there once. */
  readText(header: string | undefined, name: string): string | null;
  /** The token of a signed text whose signature is right; null otherwise. */
  tokenOf(signed: string): string | null;
}

/** token.signature, percent-encoded: the signature is base64 of an HMAC. */
const SHAPE = /^[0-9A-Za-z_-]{16,64}\.[0-9A-Za-z+/%]{40,70}(?:=|%3D)$/;

/** `key` signs as the sign-in library does, which is who checks session cookies. */
export function createCookies(key: string, isHttps: boolean): Cookies {
  // With __Host- a browser takes it only over https, for this host alone: no neighbour under the same domain can set it.
  const session = isHttps ? '__Host-flaghoist' : 'flaghoist';
  // Lax: it comes along when another site leads here, and not with what other pages load or post.
  const attributes = `Path=/; HttpOnly; SameSite=Lax${isHttps ? '; Secure' : ''}`;
  const sign = (token: string): string =>
    encodeURIComponent(`${token}.${createHmac('sha256', key).update(token).digest('base64')}`);
  const setText = (name: string, text: string, maxAgeSeconds: number): string =>
    `${name}=${text}; Max-Age=${maxAgeSeconds}; ${attributes}`;

  return {
    session,
    pending: `${session}-code`,
    set: (name, token, maxAgeSeconds) => setText(name, sign(token), maxAgeSeconds),
    setText,
    clear: (name) => setText(name, '', 0),
    read(header, name) {
      const value = onlyValue(header, name);
      return value !== null && SHAPE.test(value) ? value : null;
    },
    readText: onlyValue,
    tokenOf(signed) {
      const token = signed.slice(0, signed.indexOf('.'));
      return sign(token) === signed ? token : null;
    },
  };
}

/** Of two with one name it cannot be told which is ours. */
function onlyValue(header: string | undefined, name: string): string | null {
  const [value, ...others] = (header ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  return value === undefined || others.length > 0 ? null : value;
}
