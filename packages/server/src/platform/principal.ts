/** Who speaks to the management API, and what a route asks of them. */
import type { Rights } from './rights.ts';

export interface Principal {
  /** `token:…` or `person:…`; stable, scopes idempotency keys. */
  readonly id: string;
  /** What history shows. */
  readonly name: string;
  readonly rights: Rights;
  /** Null: a token. */
  readonly person: SignedIn | null;
}

/** A person and the session by which they speak. */
export interface SignedIn {
  readonly personId: string;
  readonly name: string;
  readonly sessionId: string;
}

/**
 * What a route needs. `public`: nothing. `known`: any token or person; the answer is limited to what they may see. `person`: a person,
 * not a token. `read`, `edit`, `administer`: that right in the environment of the path, or in the project as a whole when the path
 * names none (who sees a part of a project reads what belongs to all of it). `edit parts`, `administer parts`: that right somewhere
 * in the project; the command requires it in each environment that it touches. `administer project`: in the project as a whole, though
 * the path names an environment. `administer something`: a right to administer, wherever; the command requires it for each
 * place that it is about. `read installation`, `administer installation`: a right that is not bound to one project.
 */
export type Need =
  | 'public'
  | 'known'
  | 'person'
  | 'read'
  | 'edit'
  | 'edit parts'
  | 'administer'
  | 'administer parts'
  | 'administer project'
  | 'administer something'
  | 'read installation'
  | 'administer installation';

/** The project and environment that a path names, once they are known to exist and to be the principal's to see. */
export interface Scope {
  readonly project: { readonly id: string; readonly key: string; readonly archived: boolean };
  readonly environment: { readonly id: string; readonly key: string; readonly archived: boolean } | null;
}

/** An environment in its project: where an entity lives. */
export interface Place {
  readonly project: Scope['project'];
  readonly environment: NonNullable<Scope['environment']>;
}
