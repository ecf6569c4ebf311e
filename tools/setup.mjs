// @ts-check
/**
 * What every script does first. Each function is quick when there is nothing to do, tells its progress on standard error, and may be called by
 * several processes at once.
 */
export { ensureBuilt } from './setup/build.mjs';
export { ensureChromium } from './setup/chromium.mjs';
export { ensureClocks } from './setup/clocks.mjs';
export { ensureInstalled } from './setup/install.mjs';
export { ensureNats, findNewerNats } from './setup/nats.mjs';
export { ensurePeers } from './setup/peers.mjs';
export { ensurePostgres } from './setup/postgres.mjs';
export { findPromtool } from './setup/promtool.mjs';
export { ensureProxies } from './setup/proxies.mjs';
