/** When all faults are over, everybody comes to the newest revision. */
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../until.ts';
import type { Cluster } from './cluster.ts';
import { whoeverAnswers } from './whoever-answers.ts';

const RESTS_WITHIN_MS = 240_000;
/** Whoever is asked all the time has less of it for what he is asked about. */
const LOOK_EVERY_MS = 200;
/** Lines of each that are shown when somebody does not come. */
const SAID = 3;

/**
 * Resolves when every edge and every application has the newest revision; rejects with who has not. `atLeast`: that it is,
 * because a control process may be asked whose standby does not know it yet.
 */
export async function untilAtRest(cluster: Cluster, atLeast: number): Promise<void> {
  const api = whoeverAnswers(cluster.apis);
  let behind: readonly string[] = [];
  await until('everybody at the newest revision', RESTS_WITHIN_MS, async () => {
    await sleep(LOOK_EVERY_MS);
    const answer = await api.send('GET', '/projects/shop/environments/production').catch(() => null);
    if (answer?.status !== 200) return undefined;
    const { revision } = answer.body as { readonly revision: number };
    if (revision < atLeast) return undefined;
    const places = await placesOf(cluster);
    behind = [...places]
      .filter(([, place]) => place !== revision)
      .map(([name, at]) => `${name} at ${at} of ${revision}`);
    return behind.length === 0 ? true : undefined;
  }).catch((error: Error) => {
    const said = cluster.members.map(
      ({ name, words }) => `${name}: ${words.trimEnd().split('\n').slice(-SAID).join('\n')}`,
    );
    const who = behind.join(', ') || 'no control process answers';
    throw new Error([`${error.message}; behind: ${who}. They said last:`, ...said].join('\n'));
  });
}

/** The revision that each edge and each application answers from. */
async function placesOf(cluster: Cluster): Promise<ReadonlyMap<string, number>> {
  const places = new Map<string, number>();
  for (const { name, url } of cluster.of('edge')) places.set(name, await revisionAt(url, cluster.key));
  for (const { name, application, flag } of cluster.applications) {
    const [answered] = await application.evaluate(flag, -1, [{ targetingKey: 'rest' }]);
    places.set(name, answered?.revision ?? 0);
  }
  return places;
}

async function revisionAt(url: string, key: string): Promise<number> {
  try {
    const answer = await fetch(`${url}/native/v1/ruleset`, {
      headers: { authorization: `Bearer ${key}` },
      signal: AbortSignal.timeout(2_000),
    });
    await answer.arrayBuffer();
    return Number(answer.headers.get('flaghoist-revision')?.split('.')[1] ?? 0);
  } catch {
    return 0;
  }
}
