import { busContract } from '@flaghoist/bus/contract';
import { type BusWay, SimulatedBus } from './simulated-bus.ts';

/** The bus of the simulator in real time: whoever follows it here follows it there. */
const way: BusWay = {
  async ask(work) {
    await Promise.resolve();
    return work();
  },
  tell: (what) => queueMicrotask(what),
  startTimer(call, ms) {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};

busContract('the simulator’s bus', () => {
  const bus = new SimulatedBus(() => performance.now());
  return Promise.resolve({
    ...bus.connect(way, () => false),
    join: ({ deaf }) => Promise.resolve(bus.connect(way, () => deaf)),
    close: () => Promise.resolve(),
  });
});
