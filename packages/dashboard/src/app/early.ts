/**
 * Runs first, while the browser still loads the rest: asks for the page that the address names and for what it will read, so that
 * neither waits for the program. `begin.ts` gives the answers to the query layer.
 */
import { beginReads } from '../api/early-reads.ts';
import { type Place, placeOf } from './place.ts';

/** A list that is read in one piece. */
const WHOLE = 'limit=500';
const SESSION = '/api/v1/session';

const place = placeOf(window.location);
if (place !== 'alone') {
  if (place?.isList === true) void import('../routes/flag-list.tsx').catch(() => undefined);
  else if (place !== null && place.flag !== null) void import('../routes/flag.tsx').catch(() => undefined);
  // What takes longest first: a browser asks a server for six things at a time.
  beginReads(place === null ? [SESSION, `/api/v1/projects?${WHOLE}`] : [...readsOf(place), SESSION]);
}

/** As the query layer asks for them; `system/dashboard/first-load.test.ts` holds them to it. */
function readsOf({ project, flag, environment, isWholeList }: Place): readonly string[] {
  const path = `/api/v1/projects/${encodeURIComponent(project)}`;
  const reads = [`${path}/environments?${WHOLE}`, path];
  if (isWholeList) reads.unshift(`${path}/flags?lifecycle=active&sort=key&order=asc&limit=100`);
  if (flag !== null) {
    const end = `flags/${encodeURIComponent(flag)}`;
    if (environment !== null) reads.unshift(`${path}/environments/${encodeURIComponent(environment)}/${end}`);
    reads.unshift(`${path}/${end}`);
  }
  return reads;
}
