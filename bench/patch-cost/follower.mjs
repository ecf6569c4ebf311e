// @ts-check
/**
 * `follower.mjs URL KEY`: follows an environment as every SDK does, in a process of its own. Prints `ready`, then, for
 * each change that was applied, one JSON line: what came over the wire and what it cost here.
 */
import { get } from 'node:http';
import { createFollower } from '@flaghoist/client';
import { NATIVE_PATHS } from '@flaghoist/protocol/ruleset';
import { endWithInput } from '../process/end-with-input.mjs';
import { createCountingSha256 } from './counting-sha256.mjs';

endWithInput();
const [url = '', key = ''] = process.argv.slice(2);
const headers = { authorization: `Bearer ${key}` };
const hashing = createCountingSha256();
/** Of the stream's connection, since it was opened. */
let receivedBytes = () => 0;
let reportedBytes = 0;
let applyingMs = 0;

/** @type {import('@flaghoist/client').Transport} */
const transport = {
  fetch(_etag, listener) {
    const outgoing = get(`${url}${NATIVE_PATHS.ruleset}`, { headers, agent: false }, (answer) => {
      answer.setEncoding('utf8');
      let text = '';
      answer.on('data', (chunk) => {
        text += chunk;
      });
      answer.on('end', () => listener.onRuleset(text));
    });
    return () => outgoing.destroy();
  },
  connect(after, listener) {
    const outgoing = get(`${url}${NATIVE_PATHS.stream}?after=${after}`, { headers, agent: false }, (answer) => {
      answer.setEncoding('utf8');
      receivedBytes = () => answer.socket.bytesRead;
      listener.onOpen();
      answer.on('data', (text) => {
        const began = performance.now();
        listener.onText(text);
        applyingMs += performance.now() - began;
        report();
      });
    });
    return () => outgoing.destroy();
  },
};

const follower = createFollower({
  sha256: hashing.sha256,
  transport,
  random: Math.random,
  regex: null,
  timers: {
    now: Date.now,
    after(ms, run) {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
  },
  onProblem: ({ message }) => {
    console.error(message);
    process.exit(1);
  },
});
let revision = 0;
await follower.start();

/** The stream begins with a head, which says that there is nothing newer than what was fetched. */
function report() {
  const reached = follower.ruleset.head?.revision ?? 0;
  const bytes = receivedBytes() - reportedBytes;
  const cost = { revision: reached, bytes, hashedBytes: hashing.take(), applyingMs };
  reportedBytes += bytes;
  applyingMs = 0;
  if (revision === 0) console.log('ready');
  else if (reached !== revision) console.log(JSON.stringify(cost));
  revision = reached;
}
