// @ts-check
/** `bare-database.mjs FOLDER`: the floor. PGlite alone, as it comes, in a folder: made by its own initdb when there is none. */
import { endWithInput } from '../process/end-with-input.mjs';
import { PGlite } from '@electric-sql/pglite';

const lite = await PGlite.create(process.argv[2] ?? '');
endWithInput(() => lite.close());
await lite.query('select 1');
console.log('ready');
