/** Where to go after signing in: a path of this program, whatever an address says. */
export function safeReturn(to: unknown): string {
  if (typeof to !== 'string' || !to.startsWith('/') || to.startsWith('//') || to.includes('\\')) return '/';
  return to.startsWith('/sign-in') ? '/' : to;
}
