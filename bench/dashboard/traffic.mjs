// @ts-check
/** What a page makes come over the wire. */

/**
 * @typedef {object} Sent
 * @property {string} path
 * @property {string} kind `Script`, `Stylesheet`, `Font`, `Fetch` …
 * @property {number} bytes As sent, heads of answers included.
 * @property {number} at When it was asked for, in seconds of the browser's clock.
 */

/** @param {import('playwright-core').Page} page */
export async function recordTraffic(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  /** @type {Map<string, Sent>} */
  const sent = new Map();
  session.on('Network.requestWillBeSent', ({ requestId, request, type = 'Other', timestamp: at }) => {
    const path = new URL(request.url).pathname;
    sent.set(requestId, { path, kind: type.toLowerCase(), bytes: 0, at });
  });
  /** @type {(id: string, bytes: number) => void} */
  const add = (id, bytes) => {
    const one = sent.get(id);
    if (one !== undefined) one.bytes += bytes;
  };
  session.on('Network.responseReceived', ({ requestId, response }) => add(requestId, response.encodedDataLength));
  session.on('Network.dataReceived', ({ requestId, encodedDataLength }) => add(requestId, encodedDataLength));
  return {
    /** What was asked for until a moment, in milliseconds since the first request. @param {number} ms */
    until(ms) {
      const all = [...sent.values()].filter(({ bytes }) => bytes > 0);
      const begin = Math.min(...all.map(({ at }) => at));
      return all.filter(({ at }) => at <= begin + ms / 1_000);
    },
  };
}
