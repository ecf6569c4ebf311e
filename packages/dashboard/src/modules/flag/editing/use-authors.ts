/** Who saved something meanwhile. */
import { useRef } from 'react';
import { answer, api } from '../../../api/client.ts';
import { useLiveEvent } from '../../../api/live-provider.tsx';
import type { Change } from '../../../api/openapi.d.ts';

const SOMEBODY = 'Somebody';

/** Remembers the authors of changes as they are told; asks for those that were missed. */
export function useAuthors(project: string, flag: string) {
  const authors = useRef(new Map<string, string>());
  useLiveEvent('change', (data) => {
    const change = data as Change;
    for (const { environment, revision } of change.revisions)
      authors.current.set(`${environment} ${revision}`, change.author);
  });
  return {
    known: (environment: string, revision: number): string =>
      authors.current.get(`${environment} ${revision}`) ?? SOMEBODY,
    async ask(environment: string, revision: number): Promise<string> {
      const known = authors.current.get(`${environment} ${revision}`);
      if (known !== undefined) return known;
      try {
        const query = { flag, limit: '20' };
        const { items } = await answer(
          api.GET('/api/v1/projects/{project}/changes', { params: { path: { project }, query } }),
        );
        const found = items.find(({ revisions }) =>
          revisions.some((one) => one.environment === environment && one.revision === revision),
        );
        return found?.author ?? SOMEBODY;
      } catch {
        return SOMEBODY;
      }
    },
  };
}
