/**
 * The policy's decisions, from data alone: which role grants give somewhere, and what one needs there. Everything that asks who may
 * do what asks here.
 */
import { Refusal } from './refusal.ts';

export type Role = 'viewer' | 'editor' | 'admin';

/** A role in one environment, in a whole project (`environmentId` null), or in the whole installation (both null). */
export interface Grant {
  readonly role: Role;
  readonly projectId: string | null;
  readonly environmentId: string | null;
}

/** An environment of a project, with the name people know it by. */
interface NamedEnvironment {
  readonly id: string;
  readonly key: string;
}

const RANK: { readonly [role in Role]: number } = { viewer: 0, editor: 1, admin: 2 };

/** What a principal may do. */
export class Rights {
  readonly grants: readonly Grant[];

  constructor(grants: readonly Grant[]) {
    this.grants = grants;
  }

  /** In the installation itself. */
  get inInstallation(): Role | null {
    return highest(this.grants.filter((grant) => grant.projectId === null));
  }

  /**
   * In a project as a whole. An admin of the installation is one everywhere; otherwise a grant for the project counts more than
   * one for the installation, so that an editor can be a viewer in one project.
   */
  inProject(projectId: string): Role | null {
    const wide = this.inInstallation;
    if (wide === 'admin') return wide;
    return highest(this.grants.filter((one) => one.projectId === projectId && one.environmentId === null)) ?? wide;
  }

  /** In one environment. An admin of the project is one in all of it; otherwise a grant for the environment counts more. */
  inEnvironment(projectId: string, environmentId: string): Role | null {
    const wide = this.inProject(projectId);
    if (wide === 'admin') return wide;
    return highest(this.grants.filter((one) => one.environmentId === environmentId)) ?? wide;
  }

  /** The highest role anywhere in a project: null when nothing of it may be seen. */
  somewhereIn(projectId: string): Role | null {
    return highest([...this.grants.filter((grant) => grant.projectId === projectId), ...this.#wide()]);
  }

  /** The highest role anywhere: null when there is no grant at all. */
  get anywhere(): Role | null {
    return highest(this.grants);
  }

  /** Ids of the projects of which something may be seen; null: all. */
  visibleProjects(): readonly string[] | null {
    const ids = this.grants.map(({ projectId }) => projectId);
    return ids.includes(null) ? null : [...new Set(ids.filter((id) => id !== null))];
  }

  /** The environments, of one project, that may be seen. */
  visible<E extends { readonly id: string }>(projectId: string, environments: readonly E[]): readonly E[] {
    return environments.filter(({ id }) => this.inEnvironment(projectId, id) !== null);
  }

  /** Whether the scope of a grant lies in what this principal administers: then they may give it and take it away. */
  administers({ projectId, environmentId }: Grant): boolean {
    if (projectId === null) return this.inInstallation === 'admin';
    if (environmentId === null) return this.inProject(projectId) === 'admin';
    return this.inEnvironment(projectId, environmentId) === 'admin';
  }

  /**
   * For commands, which know which environments they touch.
   *
   * @throws {Refusal} `forbidden`, naming the environment.
   */
  require(role: Role, projectId: string, environment: NamedEnvironment): void {
    const has = this.inEnvironment(projectId, environment.id);
    if (!isAtLeast(has, role)) throw forbidden(role, has, `environment ${environment.key}`);
  }

  #wide(): readonly Grant[] {
    return this.grants.filter((grant) => grant.projectId === null);
  }
}

/** What the program itself does: the setup, the demo. */
export const EVERY_RIGHT = new Rights([{ role: 'admin', projectId: null, environmentId: null }]);

export function isAtLeast(has: Role | null, role: Role): boolean {
  return has !== null && RANK[has] >= RANK[role];
}

export function forbidden(role: Role, has: Role | null, where: string): Refusal {
  return new Refusal(
    'forbidden',
    `This needs the role ${role} in ${where}; ${has === null ? 'you have none there' : `yours there is ${has}`}.`,
  );
}

function highest(grants: readonly Grant[]): Role | null {
  return grants.reduce<Role | null>((best, { role }) => (isAtLeast(best, role) ? best : role), null);
}
