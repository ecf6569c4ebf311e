/** Commands and queries on candidates. */
import type { Candidate } from '@flaghoist/protocol/management';
import type { Place } from '../../platform/principal.ts';
import { Refusal } from '../../platform/refusal.ts';
import { Rights } from '../../platform/rights.ts';
import {
  type CandidateRecord,
  type Changes,
  type Command,
  showChange,
  type TriedCandidate,
  type Written,
} from '../changes/index.ts';
import type { Fleet } from '../fleet/index.ts';
import { type Health, judge } from './judge.ts';

export type Candidates = ReturnType<typeof createCandidates>;

interface CandidatesDeps {
  readonly changes: Changes;
  readonly fleet: Pick<Fleet, 'evidence'>;
}

export function createCandidates(deps: CandidatesDeps) {
  const { changes, fleet } = deps;

  /** How a candidate that is tried does. */
  async function healthOf({ environmentId, number, since }: TriedCandidate, holdSeconds: number | null) {
    const evidence = await fleet.evidence(environmentId, since);
    return { evidence, health: judge(number, holdSeconds ?? 0, evidence) };
  }

  return {
    /** The newest candidate of an environment, or that of a change, whatever became of it. */
    async show(place: Place, changeId: string | null): Promise<Candidate> {
      const { id } = place.environment;
      const found = await changes.candidateIn(id, changeId);
      const nothing = changeId === null ? 'Nothing' : 'This change';
      if (found === undefined) throw new Refusal('not_found', `${nothing} was ever tried in this environment.`);
      const holdSeconds = (await changes.line(id))?.holdSeconds ?? null;
      const { evidence, health } = await healthOf(found, holdSeconds);
      const entities = await changes.candidateEdits(found);
      return {
        ...showRecord(place, found, holdSeconds),
        ...showHealth(found.state === 'tried' ? health : { state: 'waiting', why: 'It is decided.', heldMs: 0 }),
        canaries: evidence.canaries.map(({ edge, host, seenAt, said }) => {
          const { number, instances, errors, refused } = said;
          return { edge, host, number, instances, errors, problem: refused?.problem ?? null, seenAt };
        }),
        entities: entities.map(({ kind, key, before, after }) => ({
          kind,
          key,
          before: before === null ? null : JSON.parse(before),
          after: after === null ? null : JSON.parse(after),
        })),
      };
    },

    /** By a person, at once. */
    promote: (command: Command, place: Place, changeId: string) => promote(deps, command, place, changeId),
    withdraw: (command: Command, place: Place, changeId: string) => withdraw(deps, command, place, changeId),

    /** What the gate does not let pass. */
    refuse: (candidate: TriedCandidate, why: string) => withdrawJudged(changes, candidate, why),

    /** Looks at everything that is tried, and decides what can be decided. */
    async look(): Promise<void> {
      for (const candidate of await changes.tried()) {
        const line = await changes.line(candidate.environmentId);
        if (line === undefined) continue;
        if (line.epoch !== candidate.epoch)
          await withdrawJudged(changes, candidate, 'The epoch was raised: its base is no more.');
        else {
          const { health } = await healthOf(candidate, line.holdSeconds);
          if (health.state === 'ill') await withdrawJudged(changes, candidate, health.why);
          if (health.state === 'healthy') await promoteJudged(changes, candidate, health.why);
        }
      }
    },
  };
}

function showRecord({ project, environment }: Place, record: CandidateRecord, holdSeconds: number | null) {
  const { changeId, number, epoch, base, state, since, rebuilt, decidedAt, decidedBy, why } = record;
  const where = { project: project.key, environment: environment.key };
  const decided = { decidedAt, decidedBy, why };
  return { ...where, change: changeId, number, epoch, base, state, since, rebuilt, holdSeconds, ...decided };
}

function showHealth({ state, why, heldMs }: Health) {
  return { health: state, healthWhy: why, heldSeconds: Math.floor(heldMs / 1_000) };
}

async function promote(
  { changes }: CandidatesDeps,
  command: Command,
  { project, environment }: Place,
  changeId: string,
): Promise<Written> {
  const reason = command.reason ?? `Promoted by ${command.actor.name}.`;
  return changes.execute({ ...command, reason }, async (unit) => {
    unit.inProject(project.id);
    await unit.lock([environment.id]);
    if ((await unit.promote(environment.id, changeId)) === null) throw over();
    return { status: 200, body: showChange(project.key, [environment], unit.record()) };
  });
}

async function withdraw(
  { changes }: CandidatesDeps,
  command: Command,
  { project, environment }: Place,
  changeId: string,
): Promise<Written> {
  const reason = command.reason ?? `Withdrawn by ${command.actor.name}.`;
  return changes.execute({ ...command, reason }, async (unit) => {
    unit.inProject(project.id);
    await unit.lock([environment.id]);
    const candidate = await unit.candidate(environment.id);
    if (candidate?.changeId !== changeId) throw over();
    await unit.withdraw(environment.id, reason);
    return { status: 200, body: { change: changeId } };
  });
}

function over(): Refusal {
  return new Refusal(
    'candidate_over',
    'This change is not being tried in the environment any more: it was promoted or withdrawn meanwhile.',
  );
}

/** Nothing when it is another candidate by now than was judged. */
async function withdrawJudged(changes: Changes, judged: TriedCandidate, why: string): Promise<void> {
  await changes.execute(commandOf('candidate.withdraw', why), async (unit) => {
    const { environmentId } = judged;
    await unit.lock([environmentId], 'leave out');
    if (await isStill(unit, judged)) await unit.withdraw(environmentId, why);
    return { status: 200, body: null };
  });
}

async function promoteJudged(changes: Changes, judged: TriedCandidate, why: string): Promise<void> {
  await changes.execute(commandOf('candidate.promote', why), async (unit) => {
    const { environmentId, changeId } = judged;
    await unit.lock([environmentId], 'leave out');
    if (await isStill(unit, judged)) await unit.promote(environmentId, changeId);
    return { status: 200, body: null };
  });
}

async function isStill(
  unit: Parameters<Parameters<Changes['execute']>[1]>[0],
  { environmentId, number }: TriedCandidate,
) {
  return (await unit.candidate(environmentId))?.number === number;
}

function commandOf(action: string, reason: string): Command {
  const actor = { id: 'flaghoist', name: 'Flaghoist' };
  return { actor, rights: new Rights([]), action, reason, idempotencyKey: null, fingerprint: '' };
}
