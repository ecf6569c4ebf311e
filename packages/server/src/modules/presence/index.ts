/**
 * presence: who looks at what right now.
 *
 * Owns: reports of open pages, each true for 30 seconds.
 * Tables: presence.
 * Emits: notification `flaghoist_presence` when what others would see changed.
 * Never: shows more of a person than id and name; shows anybody a page in an environment that they may not see.
 */
export { createPresence, type OpenPage, type Presence, showPresence } from './presence.ts';
export { createPresenceHub, type PresenceHub } from './presence-hub.ts';
export { presenceRoutes } from './routes.ts';
