/** What this process is doing. */
import { type Status, StatusSchema, ref } from '@flaghoist/protocol/management';
import { type Api, problems } from '../platform/api.ts';

export interface StatusSource {
  /** What anybody may know: nothing about projects. */
  readonly summary: () => {
    readonly version: string;
    readonly roles: readonly string[];
    readonly database: string;
    readonly startedAt: string;
    readonly ready: boolean;
  };
  readonly full: () => Promise<Status>;
}

export function statusRoute(app: Api, status: StatusSource): void {
  app.get(
    '/api/v1/status',
    {
      config: { needs: 'read installation' },
      schema: {
        summary: 'What this process serves, and how far it is',
        response: { 200: ref(StatusSchema), ...problems },
      },
    },
    async () => status.full(),
  );
}
