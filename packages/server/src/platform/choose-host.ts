/** Which of the hosts that answered is the primary of this installation. Pure. */
import type { Answer } from './host-probe.ts';
import { findObjection, type Known, learnFromStandby } from './known-server.ts';
import { isSameServer, type ServerFacts } from './server-facts.ts';
import type { DatabaseHost } from './database-hosts.ts';

export interface Found {
  readonly host: DatabaseHost;
  readonly facts: ServerFacts;
}

export interface Choice {
  /** Null: none of those that answered may be used. */
  readonly primary: Found | null;
  /** What standbys told besides. */
  readonly known: Known | null;
  /** Servers that take writes and must not: somebody has to see to them. */
  readonly problem: string | null;
  /** Standbys of the primary's cluster. */
  readonly standbys: readonly Found[];
}

/** `current`: the host that is used now, if any. It goes on being used beside another that is as new. */
export function chooseHost(answers: readonly Answer[], before: Known | null, current: DatabaseHost | null): Choice {
  const found = answers.flatMap(({ host, facts }) => (facts === null ? [] : [{ host, facts }]));
  const writable = found.filter(({ facts }) => facts.takesWrites);
  const standing = found.filter(({ facts }) => !facts.takesWrites);
  // Of servers that nothing is known against, the newest is looked at first: what is known of it stands against the others.
  const inOrder = writable.toSorted(
    (a, b) =>
      b.facts.epoch - a.facts.epoch ||
      b.facts.timeline - a.facts.timeline ||
      Number(b.host === current) - Number(a.host === current),
  );
  const known = standing.reduce((soFar, { facts }) => learnFromStandby(soFar, facts), before);
  const objections = inOrder.map(({ host, facts }) => ({ host, facts, objection: findObjection(known, facts) }));
  const [best, ...others] = objections.filter(({ objection }) => objection === null);
  const refused = objections.flatMap(({ host, objection }) =>
    objection === null ? [] : [`${host.name} is refused: ${objection}`],
  );
  if (best === undefined) return { primary: null, known, problem: refused[0] ?? null, standbys: [] };
  const rivals = others.filter(({ facts }) => !isSameServer(facts, best.facts));
  const problems = [...refused, ...rivals.map((rival) => rivalProblem(best, rival))];
  const problem = problems.length === 0 ? null : problems.join('; ');
  const isUndecided = rivals.some((rival) => isAsNew(rival.facts, best.facts)) && best.host !== current;
  const standbys = standing.filter(({ facts }) => facts.systemId === best.facts.systemId);
  return { primary: isUndecided ? null : { host: best.host, facts: best.facts }, known, problem, standbys };
}

function isAsNew(one: ServerFacts, other: ServerFacts): boolean {
  return one.epoch === other.epoch && (one.timeline === other.timeline || one.systemId !== other.systemId);
}

function rivalProblem(best: Found, rival: Found): string {
  if (rival.facts.systemId !== best.facts.systemId)
    return `${best.host.name} and ${rival.host.name} take writes, and are of different database clusters`;
  if (rival.facts.timeline === best.facts.timeline)
    return `${best.host.name} and ${rival.host.name} both take writes on timeline ${best.facts.timeline}`;
  return `${rival.host.name} takes writes, though ${best.host.name} is newer: it is an old primary`;
}
