/** Who else has a page open on the same thing. */
import { useEffect, useEffectEvent, useState } from 'react';
import { answer, api, randomId } from './client.ts';
import { useLiveEvent } from './live-provider.tsx';

export interface PresentPage {
  readonly person: string;
  readonly name: string;
  readonly page: string;
  readonly doing: 'viewing' | 'editing';
  readonly environment: string | null;
  readonly flag: string | null;
  readonly segment: string | null;
}

export type PresencePlace = {
  readonly project: string;
  readonly flag?: string | undefined;
  readonly doing: 'viewing' | 'editing';
} & (
  | { readonly environment: string; readonly segment: string }
  | { readonly environment?: string | undefined; readonly segment?: undefined }
);

const EVERY_MS = 10_000;

/**
 * Tells where this page is, at once and every 10 s while it is seen, and answers the other pages on the same flag or segment, one for
 * each person. That nobody knows is no failure: the page works without.
 */
export function usePresence({ project, environment, flag, segment, doing }: PresencePlace): readonly PresentPage[] {
  const [page] = useState(randomId);
  const [people, setPeople] = useState<readonly PresentPage[]>([]);
  const body = {
    page,
    doing,
    ...(environment === undefined ? {} : { environment }),
    ...(flag === undefined ? {} : { flag }),
    ...(segment === undefined ? {} : { segment }),
  };
  const report = useEffectEvent(async () => {
    if (document.visibilityState === 'hidden') return;
    try {
      const present = await answer(
        api.POST('/api/v1/projects/{project}/presence', { params: { path: { project } }, body }),
      );
      setPeople(present.people);
    } catch {
      // The next one comes soon.
    }
  });
  const leave = useEffectEvent(() => {
    void api
      .POST('/api/v1/projects/{project}/presence', {
        params: { path: { project } },
        body: { page, doing: 'gone' },
        keepalive: true,
      })
      .catch(() => {});
  });
  useEffect(() => {
    void report();
    const timer = setInterval(() => void report(), EVERY_MS);
    return () => clearInterval(timer);
  }, [project, environment, flag, segment, doing]);
  useEffect(() => {
    const gone = () => leave();
    window.addEventListener('pagehide', gone);
    return () => {
      window.removeEventListener('pagehide', gone);
      gone();
    };
  }, [project]);
  useLiveEvent('presence', (data) => setPeople((data as { readonly people: readonly PresentPage[] }).people));
  return onePerPerson(people.filter((one) => one.flag === (flag ?? null) && one.segment === (segment ?? null)));
}

/** Who edits in one of several pages edits. */
function onePerPerson(pages: readonly PresentPage[]): readonly PresentPage[] {
  const found = new Map<string, PresentPage>();
  for (const page of pages) if (found.get(page.person)?.doing !== 'editing') found.set(page.person, page);
  return [...found.values()];
}
