/** The management API of a fleet, for somebody who knows several addresses. */
import type { ManagementApi } from '../management-api.ts';

/** The next one is asked when one gives no answer, from `turn` on. Requests carry their idempotency key. */
export function whoeverAnswers(apis: readonly ManagementApi[], turn = 0): Pick<ManagementApi, 'send'> {
  return {
    async send(...request) {
      const api = apis[turn % apis.length];
      if (api === undefined) throw new Error('a cluster has control processes');
      try {
        const answer = await api.send(...request);
        if (answer.status >= 500) turn++;
        return answer;
      } catch (error) {
        turn++;
        throw error;
      }
    },
  };
}
