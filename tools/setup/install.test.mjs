// @ts-check
import { describe, expect, it } from 'vitest';
import { checkNode, holdsWhatIsLocked, isForAnotherNode } from './install.mjs';
import { SetupError } from './run.mjs';

describe('checkNode', () => {
  it.each(['18.20.4', '20.18.9', '8.0.0'])('refuses Node %s and says what to install', (version) => {
    expect(() => checkNode(version)).toThrow(SetupError);
    expect(() => checkNode(version)).toThrow(`needs Node 20.19 or newer; this is ${version}`);
  });

  it.each(['20.19.0', '20.100.1', '21.0.0', '24.1.0'])('accepts Node %s', (version) => {
    expect(() => checkNode(version)).not.toThrow();
  });
});

describe('holdsWhatIsLocked', () => {
  const locked = {
    '': { version: '1.0.0' },
    'packages/a': { version: '0.1.0' },
    'node_modules/a': { link: true },
    'node_modules/b': { version: '1.0.0', integrity: 'sha512-b' },
    'node_modules/other-system': { version: '1.0.0', optional: true },
  };
  const { '': _root, 'node_modules/other-system': _optional, ...installed } = locked;
  /** @param {object} packages */
  const holds = (packages) => holdsWhatIsLocked(JSON.stringify({ packages: locked }), JSON.stringify({ packages }));

  it('accepts an installation without the packages of other systems', () => {
    expect(holds(installed)).toBe(true);
  });

  it.each([
    ['another version', { ...installed, 'node_modules/b': { version: '1.0.1', integrity: 'sha512-b' } }],
    ['other content', { ...installed, 'node_modules/b': { version: '1.0.0', integrity: 'sha512-c' } }],
    ['a copy in place of a link', { ...installed, 'node_modules/a': { version: '0.1.0' } }],
    ['something more', { ...installed, 'node_modules/c': { version: '1.0.0' } }],
    ['something missing', { 'packages/a': installed['packages/a'] }],
  ])('refuses an installation with %s', (_, packages) => {
    expect(holds(packages)).toBe(false);
  });

  it('refuses a note that is no JSON', () => {
    expect(holdsWhatIsLocked(JSON.stringify({ packages: locked }), '{')).toBe(false);
  });
});

describe('isForAnotherNode', () => {
  it('tells another major version of Node from another lock', () => {
    expect(isForAnotherNode('lock a node 18', 'lock a node 20')).toBe(true);
    expect(isForAnotherNode('lock b node 20', 'lock a node 20')).toBe(false);
  });

  it.each(['', 'rubbish', '{"lock":"a","node":"20"}'])(
    'draws no conclusion from a stamp it cannot read: %s',
    (stamp) => {
      expect(isForAnotherNode(stamp, 'lock a node 20')).toBe(false);
    },
  );
});
