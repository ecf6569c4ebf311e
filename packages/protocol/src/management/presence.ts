/** Who looks at what right now. */
import { KEY_PATTERN } from '@flaghoist/evaluator';
import { type Static, Type } from 'typebox';
import { closed, Key } from './basis.ts';

const Page = Type.String({
  pattern: '^[A-Za-z0-9_-]{8,64}$',
  description: 'A random name that an open page gives itself.',
});

export const PresenceReportSchema = Type.Object(
  {
    page: Page,
    environment: Type.Optional(Key),
    flag: Type.Optional(Key),
    segment: Type.Optional(
      Type.String({ pattern: KEY_PATTERN, description: 'Of the environment, which must be named too.' }),
    ),
    doing: Type.Enum(['viewing', 'editing', 'gone']),
  },
  { $id: 'PresenceReport', description: 'Forgotten after 30 s unless it is sent again.', ...closed },
);
export const PresenceSchema = Type.Object(
  {
    people: Type.Array(
      Type.Object(
        {
          person: Type.String(),
          name: Type.String(),
          page: Page,
          doing: Type.Enum(['viewing', 'editing']),
          environment: Type.Union([Key, Type.Null()]),
          flag: Type.Union([Key, Type.Null()]),
          segment: Type.Union([Key, Type.Null()]),
        },
        closed,
      ),
      { description: 'Other people’s open pages, 200 at most.' },
    ),
  },
  { $id: 'Presence', ...closed },
);

export type PresenceReport = Static<typeof PresenceReportSchema>;
export type PresenceResource = Static<typeof PresenceSchema>;
