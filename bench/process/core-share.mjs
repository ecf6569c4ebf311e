// @ts-check
/** A process that gets no more than a share of one processor core: the kernel's bandwidth limit, of either generation of cgroups. */
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { atEnd } from './at-end.mjs';

/** Short, so that a turn of a bench has many of them; what a process may use of each is far above a tick of the kernel. */
const PERIOD_US = 20_000;
let made = 0;

/**
 * Holds a running process, with all its threads, to a share of one core until the answer is called. Throws where the
 * machine does not let this process do so.
 *
 * @param {number} pid
 * @param {number} share 0 to 1.
 * @returns {() => void}
 */
export function holdToShare(pid, share) {
  const errors = [];
  for (const limit of [limitByQuota, limitByMaximum]) {
    try {
      const { group, parent } = limit(Math.round(PERIOD_US * share));
      const release = () => {
        // A group that still holds a process cannot be removed.
        for (const one of readFileSync(join(group, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean))
          writeFileSync(join(parent, 'cgroup.procs'), one);
        rmdirSync(group);
        forget();
      };
      const forget = atEnd(() => release());
      writeFileSync(join(group, 'cgroup.procs'), String(pid));
      return release;
    } catch (error) {
      errors.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new Error(
    `This machine lets nobody here hold a process to a share of a core. It takes Linux with cgroups of which the controller \`cpu\` may be written to (usually: root, outside of a container).\n  ${errors.join('\n  ')}`,
  );
}

/** The first generation: a tree of its own for each controller. @param {number} quotaUs */
function limitByQuota(quotaUs) {
  const parent = ownGroup(/^\d+:(?:[^:]*,)?cpu(?:,[^:]*)?:(.*)$/m, '/sys/fs/cgroup/cpu');
  const group = makeGroup(parent);
  writeFileSync(join(group, 'cpu.cfs_period_us'), String(PERIOD_US));
  writeFileSync(join(group, 'cpu.cfs_quota_us'), String(quotaUs));
  return { group, parent };
}

/** The second generation: one tree, in which a group's parent has to have handed the controller on. @param {number} quotaUs */
function limitByMaximum(quotaUs) {
  const parent = ownGroup(/^0::(.*)$/m, '/sys/fs/cgroup');
  const group = makeGroup(parent);
  writeFileSync(join(group, 'cpu.max'), `${quotaUs} ${PERIOD_US}`);
  return { group, parent };
}

/**
 * @param {RegExp} line
 * @param {string} root
 */
function ownGroup(line, root) {
  const [, path] = line.exec(readFileSync('/proc/self/cgroup', 'utf8')) ?? [];
  if (path === undefined) throw new Error(`No group of this process lies below ${root}.`);
  return join(root, path);
}

/** @param {string} parent */
function makeGroup(parent) {
  const group = join(parent, `flaghoist-bench-${process.pid}-${made++}`);
  mkdirSync(group);
  return group;
}
