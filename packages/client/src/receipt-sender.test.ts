import { type FollowingReceipt, RECEIPT_LIMITS, type Receipt, type ReceiptPlace } from '@flaghoist/protocol/exposures';
import { createFakeClock } from '@flaghoist/testkit';
import { describe, expect, it } from 'vitest';
import { createReceiptSender, type ReceiptAnswer } from './receipt-sender.ts';

type Answer = ReceiptAnswer | 'unreachable' | 'never';

/** An edge that answers as the test says, 202 unless told otherwise; randomness is 0.5. */
function scene() {
  const clock = createFakeClock();
  const answers: Answer[] = [];
  const sent: { readonly at: number; readonly receipt: Receipt }[] = [];
  const start = clock.now();
  let place: ReceiptPlace | null = null;
  let fresh = true;
  let candidate: number | undefined;
  let inFlight = 0;
  const sender = createReceiptSender({
    instance: 'instance-0123456789',
    sdk: 'test/1',
    host: 'here/1',
    held: () => ({ place, fresh, ...(candidate === undefined ? {} : { candidate }) }),
    send: async (body) => {
      sent.push({ at: clock.now() - start, receipt: JSON.parse(body) as Receipt });
      expect(++inFlight, 'two requests at a time').toBe(1);
      const answer = answers.shift() ?? { status: 202 };
      if (answer === 'never') await new Promise(() => {});
      await Promise.resolve();
      inFlight -= 1;
      if (answer === 'unreachable') throw new Error('ECONNREFUSED');
      return answer as ReceiptAnswer;
    },
    timers: { after: (ms, run) => clock.setTimeout(run, ms), now: clock.now },
    random: () => 0.5,
    elapsed: () => clock.now() - start,
  });
  const apply = (revision: number): void => {
    place = [1, revision];
    sender.applied();
  };
  const last = (): FollowingReceipt => sent.at(-1)?.receipt as FollowingReceipt;
  return {
    clock,
    answers,
    sent,
    sender,
    apply,
    last,
    hold: (number: number | undefined) => {
      candidate = number;
      sender.applied();
    },
    setFresh: (is: boolean) => {
      fresh = is;
    },
  };
}

describe('the receipts of an instance', () => {
  it('begin within the spread of the start, and are said again every 30 to 60 s', async () => {
    const { clock, sent, sender, apply, last } = scene();
    apply(7);
    sender.confirmed();
    sender.start();
    await clock.advanceAsync(500);
    expect(sent).toHaveLength(1);
    expect(last()).toEqual({
      instance: 'instance-0123456789',
      sdk: 'test/1',
      host: 'here/1',
      state: 'following',
      place: [1, 7],
      applied: [],
      ageMs: 0,
      problem: null,
    });
    await clock.advanceAsync(44_999);
    expect(sent).toHaveLength(1);
    await clock.advanceAsync(1);
    expect(sent).toHaveLength(2);
  });

  it('say how long ago each revision was applied, together, within the spread that the edge asked for', async () => {
    const { clock, answers, sent, sender, apply, last } = scene();
    answers.push({ status: 202, spreadMs: 400 });
    apply(7);
    sender.confirmed();
    sender.start();
    await clock.advanceAsync(500);
    apply(8);
    await clock.advanceAsync(150);
    apply(9);
    await clock.advanceAsync(50);
    expect(sent.map(({ at }) => at)).toEqual([500, 700]);
    expect(last()).toMatchObject({
      place: [1, 9],
      applied: [
        [1, 8, 200],
        [1, 9, 50],
      ],
    });
    apply(10);
    await clock.advanceAsync(200);
    expect(last().applied).toEqual([[1, 10, 200]]);
  });

  it('are said every 5 s and the spread while a candidate answers: its silence is judged', async () => {
    const { clock, sent, sender, apply, hold, last } = scene();
    apply(7);
    sender.confirmed();
    sender.start();
    await clock.advanceAsync(500);
    hold(3);
    await clock.advanceAsync(500);
    expect(last()).toMatchObject({ candidate: 3 });
    const before = sent.length;
    await clock.advanceAsync(16_500);
    expect(sent.length - before).toBe(3);
    hold(undefined);
    await clock.advanceAsync(500);
    const after = sent.length;
    await clock.advanceAsync(29_000);
    expect([sent.length - after, last().candidate]).toEqual([0, undefined]);
  });

  it('do not count what was caught up with at the start as applied', async () => {
    const { clock, sender, apply, last } = scene();
    apply(3);
    sender.start();
    apply(4);
    apply(5);
    sender.confirmed();
    apply(6);
    await clock.advanceAsync(500);
    expect(last()).toMatchObject({ place: [1, 6], applied: [[1, 6, 500]] });
  });

  it('that fail are said again with what came in since, after jitter and not before Retry-After', async () => {
    const { clock, answers, sent, sender, apply, last } = scene();
    answers.push('unreachable', { status: 429, retryAfterMs: 5_000 });
    apply(1);
    sender.confirmed();
    apply(2);
    sender.start();
    await clock.advanceAsync(500);
    apply(3);
    await clock.advanceAsync(500);
    expect(sent.map(({ at }) => at)).toEqual([500, 1_000]);
    await clock.advanceAsync(5_499);
    expect(sent).toHaveLength(2);
    await clock.advanceAsync(1);
    expect(sent).toHaveLength(3);
    expect(last().applied.map(([, revision]) => revision)).toEqual([2, 3]);
  });

  it('that are refused are said again after five minutes only', async () => {
    const { clock, answers, sent, sender, apply } = scene();
    answers.push({ status: 404 });
    sender.start();
    for (let revision = 1; revision < 200; revision++) {
      apply(revision);
      await clock.advanceAsync(1_500);
    }
    expect(sent).toHaveLength(1);
    await clock.advanceAsync(30_000);
    expect(sent).toHaveLength(2);
  });

  it('are bounded however many revisions come in while none gets through', async () => {
    const { clock, answers, sender, apply, last } = scene();
    answers.push('unreachable');
    apply(1);
    sender.confirmed();
    sender.start();
    await clock.advanceAsync(500);
    for (let revision = 2; revision < 1_000; revision++) apply(revision);
    await clock.advanceAsync(40_000);
    expect(last().applied).toHaveLength(RECEIPT_LIMITS.applied);
    expect(last().applied.at(-1)?.[1]).toBe(999);
  });

  it('say why something newer is not applied, until something is, and how old what answers is', async () => {
    const { clock, sender, apply, last, setFresh } = scene();
    apply(1);
    sender.confirmed();
    sender.start();
    await clock.advanceAsync(500);
    setFresh(false);
    sender.refused(`flag/checkout: ${'bad \u0000'.repeat(200)}`);
    await clock.advanceAsync(1_000);
    expect(last().problem).toMatch(/^flag\/checkout: bad .*\.\.\.$/);
    expect(last().problem?.length).toBeLessThanOrEqual(RECEIPT_LIMITS.problem);
    expect(last().ageMs).toBeGreaterThan(0);
    apply(2);
    await clock.advanceAsync(1_000);
    expect(last()).toMatchObject({ problem: null, place: [1, 2] });
  });

  it('end with a goodbye, once, which is not waited for longer than asked', async () => {
    const { clock, answers, sent, sender, apply } = scene();
    apply(1);
    sender.start();
    await clock.advanceAsync(500);
    answers.push('never');
    let closed = false;
    void sender.close(2_000).then(() => {
      closed = true;
    });
    await clock.advanceAsync(1_999);
    expect(closed).toBe(false);
    await clock.advanceAsync(1);
    expect(closed).toBe(true);
    expect(sent.at(-1)?.receipt).toEqual({ instance: 'instance-0123456789', state: 'closed' });
    apply(2);
    await clock.advanceAsync(120_000);
    expect(sent).toHaveLength(2);
  });

  it('say no goodbye when no edge ever took one', async () => {
    const { clock, answers, sent, sender } = scene();
    answers.push('unreachable');
    sender.start();
    await clock.advanceAsync(500);
    await sender.close(2_000);
    expect(sent).toHaveLength(1);
  });
});
