/** Kinds and states of SDK keys, in words. */

export type KeyKind = 'server' | 'client' | 'relay';

export interface KindWords {
  readonly kind: KeyKind;
  readonly label: string;
  /** What it may see, and who should have it. */
  readonly hint: string;
}

export const KINDS: readonly KindWords[] = [
  {
    kind: 'server',
    label: 'Server',
    hint: 'For your own services. It reads all rules and segments of one environment: keep it secret.',
  },
  {
    kind: 'client',
    label: 'Client',
    hint: 'For browsers and apps. It gets answers only, never rules, and only of flags that clients may ask for. Everybody can read it.',
  },
  {
    kind: 'relay',
    label: 'Relay',
    hint: 'For an edge that serves others. It reads the rules and the keys of several environments: keep it secret.',
  },
];

export function kindWords(kind: KeyKind): KindWords {
  return KINDS.find((one) => one.kind === kind) ?? { kind, label: kind, hint: '' };
}

export interface DatedKey {
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
}

export type KeyState = 'works' | 'expires soon' | 'expired' | 'revoked';

const SOON_MS = 14 * 86_400_000;

export function keyState({ expiresAt, revokedAt }: DatedKey, now: Date): KeyState {
  if (revokedAt !== null) return 'revoked';
  if (expiresAt === null) return 'works';
  const left = Date.parse(expiresAt) - now.getTime();
  if (left <= 0) return 'expired';
  return left < SOON_MS ? 'expires soon' : 'works';
}

/** As it stands alone: `Expires soon`. */
export function stateText(state: KeyState): string {
  return state.slice(0, 1).toUpperCase() + state.slice(1);
}
