import type { Replica } from '../replica/replica.ts';
import type { HeldEnvironment } from './receipts.ts';

/** The environments of a replica, as receipts speak of them. `now`: milliseconds since 1970. */
export function* heldEnvironments(replica: Replica, now: number): Generator<HeldEnvironment> {
  for (const { environment, refused, provenAt, confirmed, refusedCandidate } of replica.followed()) {
    const { id, cursor } = environment;
    const ageMs = provenAt === null ? null : Math.max(0, now - provenAt);
    const place = cursor === null ? null : ([cursor.epoch, cursor.revision] as const);
    const candidate = cursor?.candidate ?? null;
    yield { id, place, candidate, refusedCandidate, confirmed, ageMs, problem: refused?.message ?? null };
  }
}
