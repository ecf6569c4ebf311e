// @ts-check
import { measureCosts } from './evaluator/costs.mjs';
import { measureSpeed } from './evaluator/speed.mjs';

const ROUNDS = 3;
const QUICK_ROUNDS = 2;

export default {
  describe: 'nanoseconds, memory and preparation of the evaluator, beside hand-written rules and six peers',
  /** Beside the hand-written rules only. */
  quick: true,
  peers: true,
  /** @param {{ quick?: boolean }} [options] */
  async run({ quick = false } = {}) {
    const options = { quick, rounds: quick ? QUICK_ROUNDS : ROUNDS };
    return [...(await measureSpeed(options)), ...(await measureCosts(options))];
  },
};
