// @ts-check
import { fdatasyncSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';

/**
 * As `openPostgresStore`, over PGlite in a folder. Every commit is synced, as the product's are: a floor that skips what
 * the promise costs would be none.
 *
 * @param {string} folder Does not exist yet.
 * @param {(value: string) => void} onValue
 * @returns {Promise<(value: string) => Promise<unknown>>}
 */
export async function openEmbeddedStore(folder, onValue) {
  const lite = await PGlite.create({
    fs: syncingFiles(folder),
    startParams: PGlite.defaultStartParams.filter((parameter) => parameter !== '-F'),
    postgresqlconf: ['fsync=on', 'wal_sync_method=fsync'],
  });
  await lite.exec(`create table bare (value text not null); insert into bare values ('')`);
  await lite.listen('bare', onValue);
  const change = `with changed as (update bare set value = $1 returning value) select pg_notify('bare', value) from changed`;
  return (value) => lite.query(change, [value]);
}

/** @param {string} folder */
function syncingFiles(folder) {
  const files = new NodeFS(folder);
  const init = files.init.bind(files);
  files.init = async (...args) => {
    const { emscriptenOpts } = await init(...args);
    /** @param {{ NODEFS?: { stream_ops: Record<string, unknown> } }} module */
    const preRun = ({ NODEFS }) => {
      if (NODEFS === undefined) throw new Error('PGlite no longer exposes its file system');
      NODEFS.stream_ops['fsync'] = (/** @type {{ nfd: number }} */ stream) => {
        fdatasyncSync(stream.nfd);
        return 0;
      };
    };
    const before = /** @type {any[]} */ (emscriptenOpts.preRun ?? []);
    return { emscriptenOpts: { ...emscriptenOpts, preRun: [...before, preRun] } };
  };
  return files;
}
