import { expect, test } from 'vitest';
import { recoveryText } from './recovery-file.ts';

test('the file of recovery codes says whose they are and holds each of them on a line', () => {
  const text = recoveryText({
    email: 'ada@example.com',
    codes: ['aaaa-bbbb', 'cccc-dddd'],
    origin: 'https://flags.example.com',
    at: new Date('2026-03-04T23:00:00Z'),
  });
  expect(text.split('\n')).toEqual([
    'Recovery codes for ada@example.com at https://flags.example.com',
    'Made on 2026-03-04. Each one signs in once, in place of a code of the authenticator app.',
    '',
    'aaaa-bbbb',
    'cccc-dddd',
    '',
  ]);
});
