// @ts-check
/**
 * Import it before anything else: from then on this process reaches no other machine. Whatever tries ends the process with
 * an error that says where to, so that no peer is measured that asks its vendor's servers.
 */
import dns from 'node:dns';
import net from 'node:net';

const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|::1)$/;

const socket = /** @type {any} */ (net.Socket.prototype);
const { connect } = socket;
/** @this {net.Socket} @param {any[]} args */
function connectNearby(...args) {
  // Node hands on its own normalised arguments as one array.
  const [target] = Array.isArray(args[0]) ? args[0] : args;
  const isPort = typeof target !== 'object' || target === null;
  const host = isPort ? args[1] : target.host;
  if (isPort || target.path === undefined) requireLoopback(typeof host === 'string' ? host : 'localhost');
  return connect.apply(this, args);
}
socket.connect = connectNearby;

for (const name of /** @type {const} */ (['lookup', 'resolve', 'resolve4', 'resolve6'])) {
  const original = /** @type {(...args: any[]) => any} */ (dns[name]);
  /** @type {any} */ (dns)[name] = (/** @type {any[]} */ ...args) => {
    requireLoopback(String(args[0]));
    return original(...args);
  };
}

/** @param {string} host */
function requireLoopback(host) {
  if (LOOPBACK.test(host)) return;
  process.stderr.write(`An evaluator wanted to reach ${host}: it cannot be measured offline.\n`);
  process.exit(1);
}
