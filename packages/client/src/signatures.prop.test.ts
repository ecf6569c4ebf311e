import { createSignatureCheck, type SigningKey } from '@flaghoist/runtime/crypto';
import { type Block, parseBlocks } from '@flaghoist/protocol/ruleset';
import { type Edit, flag, PublishedEnvironment, segment, sha256 } from '@flaghoist/testkit/published-environment';
import * as fc from 'fast-check';
import { newSigningKey } from '@flaghoist/testkit/signing-key';
import { describe, expect, it } from 'vitest';
import { textOf } from '../test-support/simulated-server.ts';
import { VerifiedRuleset } from './verified-ruleset.ts';

const KEY: Edit = { kind: 'key', key: 'k1', json: '{"id":"k1"}' };
const INITIAL = [flag('checkout', 'off', 'beta'), segment('beta', ['ann']), KEY];

const MINE = newSigningKey();
const OTHER = newSigningKey();

function copyThatTrusts(...keys: readonly SigningKey[]): VerifiedRuleset {
  const signatures = createSignatureCheck(keys.map(({ publicKey }) => publicKey));
  return new VerifiedRuleset({ sha256, access: 'verified', regex: null, signatures });
}

function published(key: SigningKey | null = MINE, id = 'env_1', epoch = 1): PublishedEnvironment {
  const environment = new PublishedEnvironment(id, epoch);
  environment.sign = key === null ? null : (text) => key.sign(text);
  environment.publish(INITIAL);
  return environment;
}

const look = ({ headText, signature, ruleset, size }: VerifiedRuleset) => ({ headText, signature, ruleset, size });

function flip(text: string, bit: number): string {
  const bytes = Buffer.from(text);
  bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return bytes.toString();
}

describe('signed rulesets', () => {
  it.each(['full', 'patch'] as const)('are refused with any bit flipped, head and signature included: %s', (kind) => {
    const environment = published();
    const copy = copyThatTrusts(MINE);
    if (kind === 'patch') copy.applyFull(environment.full(true));
    const genuine = kind === 'full' ? environment.full(true) : environment.publish([flag('checkout', 'on')]);
    const apply = (block: Block) => (kind === 'full' ? copy.applyFull(block) : copy.applyPatch(block));
    const before = look(copy);
    const text = textOf(genuine);
    let judged = 0;
    for (let bit = 0; bit < Buffer.byteLength(text) * 8; bit++) {
      const blocks = parseBlocks(flip(text, bit));
      const [block] = blocks ?? [];
      if (block === undefined || blocks?.length !== 1) continue;
      judged += 1;
      expect(apply(block).ok, `bit ${bit}`).toBe(false);
      expect(look(copy), `bit ${bit}`).toEqual(before);
    }
    expect(judged).toBeGreaterThan(1_000);
    expect(apply(genuine)).toMatchObject({ ok: true });
  });

  it('are refused before any of their entities is hashed, prepared or compared', () => {
    let hashed = 0;
    const counted = (text: string): string => {
      hashed += 1;
      return sha256(text);
    };
    const signatures = createSignatureCheck([MINE.publicKey]);
    const copy = new VerifiedRuleset({ sha256: counted, access: 'verified', regex: null, signatures });
    const before = hashed;
    const poison = { kind: 'flag', key: 'x', sha256: 'none', json: '{' } as const;
    const unsigned = { ...published(null).full(true), entities: [poison] };
    expect(copy.applyFull(unsigned)).toMatchObject({ ok: false, reason: 'signature' });
    expect(copy.applyPatch(unsigned)).toMatchObject({ ok: false, reason: 'gap' });
    expect(hashed).toBe(before);
  });

  it('are refused unsigned, with another key, and with a signature over anything else than this very text', () => {
    const environment = published();
    const genuine = environment.full(true);
    const elsewhere = published(MINE, 'env_2').full(true);
    const later = published();
    later.publish([flag('checkout', 'on')]);
    const { signature: _, ...unsigned } = genuine;
    const wrong: { readonly [what: string]: Block } = {
      unsigned,
      'another key': { ...genuine, signature: OTHER.sign(genuine.headText) },
      'another key under this one’s id': {
        ...genuine,
        signature: OTHER.sign(genuine.headText).replace(OTHER.id, MINE.id),
      },
      'over another environment': { ...genuine, signature: elsewhere.signature ?? '' },
      'over another revision': { ...genuine, signature: later.full().signature ?? '' },
      'over the hash': { ...genuine, signature: MINE.sign(environment.headHash) },
      'over the head written otherwise': {
        ...genuine,
        signature: MINE.sign(JSON.stringify(JSON.parse(genuine.headText), null, 1)),
      },
      'over the head with a line feed': { ...genuine, signature: MINE.sign(`${genuine.headText}\n`) },
    };
    for (const [what, block] of Object.entries(wrong)) {
      const copy = copyThatTrusts(MINE);
      expect(copy.applyFull(block), what).toMatchObject({ ok: false, reason: 'signature' });
      expect(copy.head, what).toBeNull();
      copy.applyFull(genuine);
      expect(copy.applyFull(block), what).toMatchObject({ ok: false, reason: 'signature' });
      expect(copy.signature, what).toBe(genuine.signature);
    }
  });

  it('are refused when whoever forges them made everything right but the signature', () => {
    const environment = published();
    const copy = copyThatTrusts(MINE);
    copy.applyFull(environment.full(true));
    const forger = published(OTHER);
    const forged = forger.publish([flag('checkout', 'on')]);
    expect(copy.applyPatch({ ...forged, signature: environment.full().signature ?? '' })).toMatchObject({
      ok: false,
      reason: 'signature',
    });
    expect(copy.applyPatch(forged)).toMatchObject({ ok: false, reason: 'signature' });
    expect(new VerifiedRuleset({ sha256, access: 'verified', regex: null }).applyFull(forger.full(true)).ok).toBe(true);
  });

  it('of another environment are refused by a copy that was told which one it is of', () => {
    const signatures = createSignatureCheck([MINE.publicKey]);
    const copy = new VerifiedRuleset({
      sha256,
      access: 'verified',
      regex: null,
      signatures,
      environment: 'env_1',
    });
    expect(copy.applyFull(published(MINE, 'env_2').full(true))).toMatchObject({ ok: false, reason: 'environment' });
    expect(copy.applyFull(published().full(true))).toMatchObject({ ok: true });
  });

  it('with one unsigned block among many are refused as a whole', () => {
    const environment = published();
    const full = environment.full(true);
    const patch = environment.publish([flag('checkout', 'on')]);
    const { signature: _, ...unsigned } = patch;
    const copy = copyThatTrusts(MINE);
    expect(copy.applyBlocks([full, unsigned])).toMatchObject({ ok: false, reason: 'signature' });
    expect(copy.head).toBeNull();
    expect(copy.applyBlocks([full, patch])).toMatchObject({ ok: true });
  });

  it('go on without a gap while keys are exchanged in the right order, whatever changes in between', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('change', 'sign anew'), { maxLength: 20 }), (steps) => {
        const environment = published(MINE);
        const before = copyThatTrusts(MINE, OTHER);
        const after = copyThatTrusts(OTHER);
        expect(before.applyFull(environment.full(true))).toMatchObject({ ok: true });
        expect(after.applyFull(environment.full(true))).toMatchObject({ ok: false, reason: 'signature' });
        let isNew = false;
        for (const step of steps) {
          if (step === 'sign anew') {
            environment.sign = (text) => OTHER.sign(text);
            expect(before.resign(environment.full(true))).toBe(!isNew);
            isNew = true;
          } else expect(before.applyPatch(environment.publish([flag('checkout', 'on')]))).toMatchObject({ ok: true });
          expect(before.signature).toBe(environment.full().signature);
        }
        expect(after.applyFull(environment.full(true)).ok).toBe(isNew);
      }),
    );
  });

  it('keep the signature they have when another one is no good', () => {
    const environment = published();
    const copy = copyThatTrusts(MINE);
    copy.applyFull(environment.full(true));
    const genuine = environment.full(true);
    expect(copy.resign({ ...genuine, signature: OTHER.sign(genuine.headText) })).toBe(false);
    expect(copy.resign({ ...published(MINE, 'env_2').full(true) })).toBe(false);
    expect(copy.signature).toBe(genuine.signature);
  });
});
