/** Who speaks to the management API, and what a route asks of them. */
export type Role = 'viewer' | 'editor' | 'admin';

export interface Principal {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  /** Null: every project and the installation itself. */
  readonly projectId: string | null;
}

/**
 * What a route needs. `public`: nothing; `read`, `edit`, `administer`: that right in the project of its path;
 * `read projects`: any token, the answer is limited to what it may see; `read installation` and
 * `administer installation`: a token that is not bound to one project.
 */
export type Need =
  | 'public'
  | 'read'
  | 'edit'
  | 'administer'
  | 'read projects'
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
