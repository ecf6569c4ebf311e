/** What the authors of a simulated world write: flags whose values say where and when they come from. */
import type { FlagConfiguration } from '@flaghoist/evaluator';
import type { EntityKind } from '@flaghoist/protocol/ruleset';

export interface Edit {
  readonly kind: EntityKind;
  readonly key: string;
  /** Null deletes. */
  readonly json: string | null;
  /** What a flag with this text answers; null: it is deleted, no flag, or must never answer. */
  readonly value: string | null;
  /** Whether the gate has to withhold it. */
  readonly isPoison: boolean;
}

/** A flag that serves `ENVIRONMENT/FLAG/NUMBER` to everybody. */
export function soundFlag(environment: string, key: string, number: number): Edit {
  const value = `${environment}/${key}/${number}`;
  return { kind: 'flag', key, json: JSON.stringify(configurationOf(key, value)), value, isPoison: false };
}

/** A flag that no evaluator takes, or that waits for a flag that is not there. */
export function poisonFlag(environment: string, key: string, number: number): Edit {
  const sound = configurationOf(key, `poison/${environment}/${key}/${number}`);
  const spoiled =
    number % 2 === 0
      ? { ...sound, default: { variant: 'missing' } }
      : { ...sound, prerequisites: [{ flag: 'missing', variants: ['served'] }] };
  return { kind: 'flag', key, json: JSON.stringify(spoiled), value: null, isPoison: true };
}

export function deletedFlag(key: string): Edit {
  return { kind: 'flag', key, json: null, value: null, isPoison: false };
}

export function keyEdit(id: string, sha256: string, revoked: boolean): Edit {
  const json = JSON.stringify({ id, kind: 'server', sha256, ...(revoked ? { revoked } : {}) });
  return { kind: 'key', key: id, json, value: null, isPoison: false };
}

function configurationOf(key: string, value: string): FlagConfiguration {
  return { key, type: 'string', enabled: true, variants: { served: value }, default: { variant: 'served' } };
}
