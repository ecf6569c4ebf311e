import type { LogMessage } from '@flaghoist/bus';
import { VerifiedRuleset } from '@flaghoist/client';
import { createRegexEngine } from '@flaghoist/client/regex';
import { createSignatureCheck, sha256, type SigningKey } from '@flaghoist/runtime/crypto';
import { newSigningKey } from '@flaghoist/testkit/signing-key';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DATABASE_KINDS } from '../../../test-support/database-place.ts';
import { blockOf, type Member } from '../../../test-support/publishing-member.ts';
import { openPublishing, type PublishingPlace } from '../../../test-support/publishing-place.ts';
import { until } from '../../../test-support/until.ts';
import type { Place } from '../../platform/principal.ts';

const regex = createRegexEngine();

const OLD = newSigningKey();
const NEW = newSigningKey();

describe.each(DATABASE_KINDS)('publishing with a signing key over the %s', (kind) => {
  let at: PublishingPlace;
  let production: Place;
  let made = 0;

  beforeAll(async () => {
    at = await openPublishing(kind);
  });
  afterAll(() => at.close());
  beforeEach(async () => {
    [production] = (await at.author.project(`shop-${++made}`, ['production'])) as [Place];
  });
  afterEach(() => at.stopAll());

  const start = (signingKey: SigningKey | null): Promise<Member> => at.start({ signingKey });

  async function revisions(count: number): Promise<void> {
    for (let i = 0; i < count; i++)
      await at.author.segment(production, { key: `segment-${++made}`, included: ['ada'] });
  }

  async function published(member: Member): Promise<void> {
    const { id } = production.environment;
    await until('the newest revision is published', async () => {
      const line = await at.modules.changes.line(id);
      return line !== undefined && member.publisher.status(id).revision === line.revision;
    });
  }

  /** What a process that starts now and trusts that key alone makes of the bus. */
  async function readBy(member: Member, key: SigningKey): Promise<VerifiedRuleset> {
    const signatures = createSignatureCheck([key.publicKey]);
    const copy = new VerifiedRuleset({ sha256, access: 'verified', regex, signatures });
    const messages = await member.log.readFromCheckpoint(production.environment.id);
    copy.applyBlocks(messages.map(({ body }) => blockOf(body)));
    return copy;
  }

  const signers = (messages: readonly LogMessage[]) =>
    messages.map(({ body }) => blockOf(body).signature?.split('.')[0] ?? null);

  const all = (member: Member) => member.log.readAfter(production.environment.id, 0, 10_000);

  it('signs every head that it appends, and the text under it stays what it is without', async () => {
    const member = await start(OLD);
    await revisions(4);
    await published(member);
    const messages = await all(member);
    expect(new Set(signers(messages))).toEqual(new Set([OLD.id]));
    const line = await at.modules.changes.line(production.environment.id);
    expect((await readBy(member, OLD)).cursor?.revision).toBe(line?.revision);
    expect((await readBy(member, NEW)).head).toBeNull();
    const unaware = new VerifiedRuleset({ sha256, access: 'verified', regex });
    expect(unaware.applyBlocks(messages.map(({ body }) => blockOf(body)))).toMatchObject({ ok: true });
  });

  it.each([
    ['unsigned', null],
    ['signed by another key', OLD],
  ] as const)('signs what is on the bus %s when it starts, once', async (_, before) => {
    const first = await start(before);
    await revisions(3);
    await published(first);
    await at.stop(first);
    const second = await start(NEW);
    await until('the newest is signed', async () => (await readBy(second, NEW)).head !== null);
    const messages = await all(second);
    await at.stop(second);
    const third = await start(NEW);
    await revisions(2);
    await published(third);
    const later = (await all(third)).slice(messages.length);
    expect(later.filter(({ checkpoint }) => checkpoint)).toEqual([]);
    expect(new Set(signers(later))).toEqual(new Set([NEW.id]));
    const line = await at.modules.changes.line(production.environment.id);
    expect((await readBy(third, NEW)).cursor?.revision).toBe(line?.revision);
  });

  it('signs what it has published anew when its key is exchanged while it runs, once, and without a new revision', async () => {
    let key = OLD;
    const member = await at.start({ signingKey: () => key });
    await revisions(3);
    await published(member);
    const before = await all(member);
    key = NEW;
    await until('the newest is signed', async () => (await readBy(member, NEW)).head !== null);
    const added = (await all(member)).slice(before.length);
    expect([added.length, added[0]?.checkpoint]).toEqual([1, true]);
    await revisions(2);
    await published(member);
    const line = await at.modules.changes.line(production.environment.id);
    expect((await readBy(member, NEW)).cursor?.revision).toBe(line?.revision);
  });

  it('goes on beside a publisher with another key: every revision is there once, signed by one of them', async () => {
    const both = await Promise.all([start(OLD), start(NEW)]);
    for (let round = 0; round < 4; round++) {
      await revisions(2);
      await Promise.all(both.map(published));
    }
    const messages = await all(both[0]);
    const patches = messages.filter(({ id }) => !id.includes('checkpoint'));
    expect(patches.map(({ body }) => blockOf(body).head.revision)).toEqual(patches.map((_, i) => i + 1));
    expect(messages.length - patches.length).toBeLessThanOrEqual(4);
    const copy = new VerifiedRuleset({
      sha256,
      access: 'verified',
      regex,
      signatures: createSignatureCheck([OLD.publicKey, NEW.publicKey]),
    });
    for (const { checkpoint, body } of messages)
      expect(checkpoint ? copy.applyFull(blockOf(body)) : copy.applyPatch(blockOf(body))).toMatchObject({ ok: true });
  });
});
