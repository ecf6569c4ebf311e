/**
 * Loaded with `--import` by a program under test: `AT_POINT=publish.appended:2:SIGKILL` sends that signal to this process
 * when it reaches the named point for the second time, before it does anything else. The points are those of
 * `@flaghoist/runtime/points`.
 */
import { subscribe } from 'node:diagnostics_channel';

const [name, count, signal] = (process.env.AT_POINT ?? '').split(':');
let left = Number(count);
subscribe(`flaghoist:${name}`, () => {
  left -= 1;
  if (left === 0) process.kill(process.pid, signal);
});
