export { createFakeClock, type FakeClock } from './fake-clock.ts';
export { freePort } from './free-port.ts';
