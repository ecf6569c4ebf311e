/** What is made of a revision: the first candidate that passes the gate. */
import type { Logger } from '@flaghoist/runtime/telemetry';
import type { Changes, WrittenRevision } from '../changes/index.ts';
import type { Gate, GateAnswer } from './gate.ts';
import type { GateBlock } from './gate-messages.ts';
import type { Proposal } from './line.ts';
import { messageId } from './message-ids.ts';
import { type Published, RefusedToPublish } from './published.ts';
import { otherHistoryProblem } from './reconcile.ts';
import { candidates, nameOf, problemOf, sinceOf, type Withheld } from './withheld.ts';

interface JudgingDeps {
  readonly changes: Pick<Changes, 'entitiesAt'>;
  readonly gate: Pick<Gate, 'holds' | 'load' | 'next'>;
  readonly logger: Logger;
}

export class Judging {
  readonly #deps: JudgingDeps;

  constructor(deps: JudgingDeps) {
    this.#deps = deps;
  }

  /** Moves `to` on to the revision, and to what is withheld from it. */
  async pass(to: Published, revision: WrittenRevision): Promise<GateBlock> {
    const head = to.expected.get(messageId(to.environmentId, revision)) ?? null;
    const block = await this.#firstPassing(to, revision, head);
    if (block !== null) return block;
    if (head !== null) throw new RefusedToPublish(otherHistoryProblem(revision));
    throw new Error(`revision ${revision.revision} cannot be made, not even without its entities`);
  }

  async #firstPassing(to: Published, revision: WrittenRevision, expected: string | null): Promise<GateBlock | null> {
    const problems: string[] = [];
    for (const candidate of candidates(to.withheld, revision)) {
      const { entities, confirmations } = candidate;
      if (entities.some((entity) => to.stuck.get(nameOf(entity)) === entity.revision)) continue;
      const { epoch } = revision;
      const asked = { epoch, revision: revision.revision, confirmations, entities, expected };
      const answer = await this.#judge(to, asked);
      if (answer.outcome === 'passed') {
        this.#settle(to, revision, answer.block, candidate.after(problems.at(-1) ?? ''));
        return answer.block;
      }
      if (answer.outcome === 'lost') {
        // No entity's fault: the machine's, or that of what is published already.
        if (answer.entity === null) throw new Error(answer.problem);
        to.stuck.set(nameOf(answer.entity), answer.entity.revision);
      }
      problems.push(answer.problem);
    }
    return null;
  }

  /** What takes the worker down is tried once more: it may have been the machine. */
  async #judge(to: Published, proposal: Proposal): Promise<GateAnswer> {
    const answer = await this.#judgeOnce(to, proposal);
    return answer.outcome === 'lost' ? this.#judgeOnce(to, proposal) : answer;
  }

  async #judgeOnce({ environmentId, at, withheld }: Published, proposal: Proposal): Promise<GateAnswer> {
    const { changes, gate, logger } = this.#deps;
    if (!gate.holds(environmentId)) {
      const entities = at.revision === 0 ? [] : await changes.entitiesAt(environmentId, at.revision, sinceOf(withheld));
      const answer = await gate.load(environmentId, at, entities);
      if (answer.outcome === 'lost') return answer;
      if (answer.unprepared.length > 0)
        logger.warn(
          { environment: environmentId, entities: answer.unprepared.slice(0, 10) },
          'entities that were published do not prepare in this version',
        );
    }
    return gate.next(environmentId, proposal);
  }

  #settle(to: Published, { revision }: WrittenRevision, block: GateBlock, withheld: Withheld): void {
    const problem = problemOf(withheld);
    const { logger } = this.#deps;
    if (problem !== null && problem !== problemOf(to.withheld))
      logger.error({ environment: to.environmentId, revision, problem }, 'a revision was withheld');
    to.at = block.publication;
    to.withheld = withheld;
  }
}
