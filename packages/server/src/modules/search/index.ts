/**
 * search: finding what one may see by a part of its key or name.
 *
 * Owns: which of the things found come first.
 * Tables: none; each module finds what is its own.
 * Emits: nothing.
 * Never: finds what the asker may not see.
 */
export { searchRoutes } from './routes.ts';
export { createSearch, type Search } from './search.ts';
