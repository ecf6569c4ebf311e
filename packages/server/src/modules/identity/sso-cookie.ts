/** What a browser keeps while it is at a provider: sealed, for ten minutes, for one connection. */
import type { Cookies } from './cookies.ts';
import type { InstallationSecret } from './installation-secret.ts';
import type { Expected } from './sso-provider.ts';

/** A sign-in that began here. */
export interface Begun extends Expected {
  readonly connectionId: string;
  /** Where the browser goes when it is signed in: an absolute URL of this server. */
  readonly to: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

export interface BegunCookie {
  /** `Set-Cookie`. */
  set(begun: Omit<Begun, 'expiresAt'>): string;
  /** `Set-Cookie` that makes a browser forget. */
  clear(): string;
  /** Null without one that is sealed by us, for this connection, and not too old. */
  read(header: string | undefined, connectionId: string): Begun | null;
}

export const BEGUN_SECONDS = 600;
const PURPOSE = 'single sign-on';
const SHAPE = /^[A-Za-z0-9_-]{40,4000}$/;

export function createBegunCookie(deps: {
  readonly secret: InstallationSecret;
  readonly cookies: Cookies;
  readonly now: () => Date;
}): BegunCookie {
  const { secret, cookies } = deps;
  const name = `${cookies.session}-connection`;
  return {
    set(begun) {
      const text = JSON.stringify({ ...begun, expiresAt: deps.now().getTime() + BEGUN_SECONDS * 1_000 });
      const sealed = secret.seal(PURPOSE, begun.connectionId, text).toString('base64url');
      return cookies.setText(name, sealed, BEGUN_SECONDS);
    },
    clear: () => cookies.clear(name),
    read(header, connectionId) {
      const value = cookies.readText(header, name);
      if (value === null || !SHAPE.test(value)) return null;
      try {
        const begun = JSON.parse(secret.open(PURPOSE, connectionId, Buffer.from(value, 'base64url'))) as Begun;
        return deps.now().getTime() < begun.expiresAt ? begun : null;
      } catch {
        return null;
      }
    },
  };
}
