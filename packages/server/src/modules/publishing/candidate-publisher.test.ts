import type { AppendRequest, OrderedLog } from '@flaghoist/bus';
import { candidateMessageId, candidateStream } from '@flaghoist/protocol/ruleset';
import { expect, it } from 'vitest';
import { captureLog } from '../../../test-support/captured-log.ts';
import type { CandidateRecord } from '../changes/index.ts';
import { CandidatePublisher, type CandidatePublisherDeps } from './candidate-publisher.ts';

const ENVIRONMENT = '00000000-0000-4000-8000-000000000001';
const BASE = { epoch: 1, revision: 7 };

it('leaves a promoted candidate on the bus until the revision that it became is there, and takes a withdrawn one away at once', async () => {
  expect(await ends('promoted', { ...BASE })).toEqual([]);
  expect(await ends('promoted', { ...BASE, revision: 8 })).toHaveLength(1);
  expect(await ends('withdrawn', { ...BASE })).toHaveLength(1);
  expect(await ends('promoted', { epoch: 2, revision: 1 })).toHaveLength(1);
});

/** What is appended about a candidate that is over, while so much is published. */
async function ends(state: CandidateRecord['state'], published: typeof BASE): Promise<readonly AppendRequest[]> {
  const appended: AppendRequest[] = [];
  const id = candidateMessageId(ENVIRONMENT, { ...BASE, candidate: 3 });
  const log: Partial<OrderedLog> = {
    heads: async () => new Map([[candidateStream(ENVIRONMENT), { position: 1, id }]]),
    append: async (request) => {
      appended.push(request);
      return { outcome: 'appended', position: 2 };
    },
    trim: async () => {},
  };
  const changes = {
    tried: async () => [],
    counted: async () => [{ environmentId: ENVIRONMENT, number: 3 }],
    candidateIn: async () => ({ epoch: BASE.epoch, base: BASE.revision, number: 3, state }),
  };
  const store = { readPublications: async () => new Map([[ENVIRONMENT, published]]) };
  const publisher = new CandidatePublisher({
    database: { listen: async () => async () => {} },
    log,
    changes,
    store,
    logger: captureLog().logger,
    gate: { stop: async () => {} },
    signingKey: null,
    refuse: async () => {},
  } as unknown as CandidatePublisherDeps);
  await publisher.start();
  // The run that is under way is waited for.
  await publisher.stop();
  return appended;
}
