import type { ChangeResource } from '@flaghoist/protocol/management';
import type { Revision } from '../management/management-client.ts';
import { plainText } from './plain-text.ts';

/** `staging 1.7, production 1.43`; empty without any. */
export function revisionsText(revisions: readonly Revision[]): string {
  return revisions.map(({ environment, epoch, revision }) => `${environment} ${epoch}.${revision}`).join(', ');
}

/** ` Now at revision: production 1.43.`; empty when no environment was touched. */
export function nowAt(revisions: readonly Revision[]): string {
  return revisions.length === 0 ? '' : ` Now at revision: ${revisionsText(revisions)}.`;
}

/** How an edit of an entity ended: without a new revision it was as asked for already. */
export function setText(name: string, revisions: readonly Revision[], revision: number): string {
  return revisions.length === 0
    ? `${name} is so already, since revision ${revision}.`
    : `${name} is set.${nowAt(revisions)}`;
}

/** `flag checkout, segment staff (deleted)`, each once; lists and streams name only the first of many. */
export function entitiesText({ entities, entityCount }: ChangeResource): string {
  const names = entities.map(({ kind, key, deleted }) => `${kind} ${key}${deleted ? ' (deleted)' : ''}`);
  const more = entityCount > entities.length ? ['and more'] : [];
  return [...new Set(names), ...more].join(', ');
}

/** A change on one line, fit for a terminal. */
export function changeLine(change: ChangeResource): string {
  const reason = change.reason === null ? '' : JSON.stringify(change.reason);
  const parts = [
    change.at,
    revisionsText(change.revisions),
    change.action,
    entitiesText(change),
    `by ${change.author}`,
    reason,
  ];
  return plainText(parts.filter((part) => part !== '').join('  '));
}
