// @ts-check
/**
 * `--import` it: writes every specifier that is resolved to the file that MODULES_FILE names, a line each. The program
 * is loaded from its packages, not from the bundle, whose files say nothing of what is in them.
 */
import { appendFileSync } from 'node:fs';
import { register } from 'node:module';

const file = process.env['MODULES_FILE'] ?? '';
const hook = `
  import { appendFileSync } from 'node:fs';
  export async function resolve(specifier, context, next) {
    const found = await next(specifier.replace('/dist/bundle/index.js', '/dist/index.js'), context);
    appendFileSync(${JSON.stringify(file)}, specifier + ' ' + found.url + '\\n');
    return found;
  }`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);
appendFileSync(file, '');
