import { useLocation } from '@tanstack/react-router';
import { useState } from 'react';

/**
 * What stands behind the `#` of a link; empty when there is nothing. A browser sends that part to nobody: it leaves this page only in
 * the body of a request.
 */
export function useLinkSecret(): string {
  const { hash } = useLocation();
  // Kept as it was: the page must not change its mind when the address is tidied.
  const [secret] = useState(() => readSecret(hash === '' ? window.location.hash : hash));
  return secret;
}

/** Links come through chats and mail programs, which like to add a full stop or a space. */
export function readSecret(hash: string): string {
  const text = hash.replace(/^#/, '');
  try {
    return decodeURIComponent(text).replace(/[\s.,;>)\]]+$/, '');
  } catch {
    return text;
  }
}
