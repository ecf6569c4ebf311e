/** Whether requests had better go elsewhere, role by role: an edge that serves does not depend on what manages flags. */
import type { CertificateStatus } from '@flaghoist/runtime/tls';
import type { Readiness } from './probes.ts';

/** What an edge says of its rulesets. */
interface Rulesets {
  status(): {
    readonly ready: boolean;
    readonly environments: readonly {
      readonly ageMs: number | null;
      readonly confirmed: boolean;
      readonly revision: number | null;
    }[];
  };
}

export interface ReadinessParts {
  readonly roles: readonly string[];
  /** Null: this process has none. */
  readonly edge: Rulesets | null;
  /** Whether the edge has asked what it follows; absent: it has. */
  readonly asked?: () => boolean;
  readonly stopping: () => boolean;
  /** Whether the database answers now. Never rejects. */
  readonly databaseAnswers: () => Promise<boolean>;
  /** What it listens with; undefined: plain HTTP. */
  readonly certificate: () => CertificateStatus | undefined;
}

/**
 * `role` null: with an edge in the process, the edge's; without one, that of all its roles. The others need the database:
 * without it they can do nothing.
 */
export async function readinessOf(parts: ReadinessParts, role: string | null): Promise<Readiness> {
  return { ...(await withoutCertificate(parts, role)), certificate: parts.certificate() };
}

async function withoutCertificate(parts: ReadinessParts, role: string | null): Promise<Readiness> {
  const { roles, edge, asked = () => true, stopping, databaseAnswers } = parts;
  const meant = role ?? (edge === null ? null : 'edge');
  if (meant !== null && !roles.includes(meant)) return withProblems([`this process does not have the role ${meant}`]);
  const serving = meant === 'edge' ? edge : null;
  const needed = serving === null && !(await databaseAnswers()) ? ['the database does not answer'] : [];
  const described = serving === null ? withProblems(needed) : describeEdge(serving, asked());
  return stopping() ? { ...described, problems: ['it is stopping', ...described.problems] } : described;
}

/**
 * `asked`: what it follows was asked for the newest, or did not answer in time. Until then it answers whoever comes, from
 * disk, and whoever can choose had better wait that moment.
 */
function describeEdge(edge: Rulesets, asked: boolean): Readiness {
  const { ready, environments } = edge.status();
  const problems = [
    ...(ready ? [] : ['a ruleset is not verified yet']),
    ...(asked ? [] : ['it was not asked yet whether there are newer rulesets']),
  ];
  const ages = environments.flatMap(({ ageMs }) => (ageMs === null ? [] : [ageMs]));
  const unconfirmed = environments.filter(({ confirmed, revision }) => !confirmed && revision !== null).length;
  return { problems, oldestRulesetMs: ages.length === 0 ? null : Math.max(...ages), unconfirmed };
}

function withProblems(problems: readonly string[]): Readiness {
  return { problems, oldestRulesetMs: null, unconfirmed: 0 };
}

/** For how long an answer counts, so that a flood of probes is no flood of questions. */
const COUNTS_MS = 1_000;
const ASK_MS = 2_000;

/** Asks the database at most once a second; what it does not answer within two is a no. */
export function createDatabaseCheck(ask: () => Promise<unknown>, now: () => number): () => Promise<boolean> {
  let asking: Promise<boolean> | null = null;
  let last: { readonly at: number; readonly answered: boolean } | null = null;
  const look = async (): Promise<boolean> => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), ASK_MS);
    });
    const asked = ask().then(
      () => true,
      () => false,
    );
    const answered = await Promise.race([asked, late]);
    clearTimeout(timer);
    last = { at: now(), answered };
    return answered;
  };
  return () => {
    if (last !== null && now() - last.at < COUNTS_MS) return Promise.resolve(last.answered);
    asking ??= look().finally(() => {
      asking = null;
    });
    return asking;
  };
}
