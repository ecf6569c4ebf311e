/** What the page's policy lets style elements in by; empty when the server that gave the page sets no policy. */
export function cspNonce(): string {
  const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';
  return nonce.startsWith('__') ? '' : nonce;
}
