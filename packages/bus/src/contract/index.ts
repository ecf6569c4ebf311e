/** The suite that every implementation of the bus passes. Runs inside vitest only. */
import { afterAll, beforeAll, describe } from 'vitest';
import type { BusUnderTest } from './bus-under-test.ts';
import { describeFollowing } from './follow.contract.ts';
import { describeLog } from './log.contract.ts';
import { describeQueue } from './queue.contract.ts';

export type { BusInstance, BusUnderTest } from './bus-under-test.ts';

/** Declares the suite. `make` is called once; the tests share what it makes and keep apart by names. */
export function busContract(name: string, make: () => Promise<BusUnderTest>): void {
  describe(`the bus contract, kept by ${name}`, () => {
    let bus: BusUnderTest | undefined;
    const current = (): BusUnderTest => {
      if (bus === undefined) throw new Error('The bus under test is not there yet: use it inside a test.');
      return bus;
    };
    beforeAll(async () => {
      bus = await make();
    });
    afterAll(async () => {
      await bus?.close();
    });
    describeLog(current);
    describeQueue(current);
    describeFollowing(current);
  });
}
