// @ts-check
/**
 * `bare-server.mjs`: prints its port. `GET /list/BYTES` is a document of rows with one script of that many bytes, which cannot
 * be compressed and does nothing. `GET /typing` is a field and a switch whose handlers show at once what was done.
 * `GET /answer` is what a field asks for while somebody types.
 */
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { endWithInput } from '../process/end-with-input.mjs';

const ROWS = Array.from({ length: 20 }, (_, at) => `<div><a data-flag="${at}" href="#">Flag ${at}</a></div>`).join('');
const TYPING = `<!doctype html><title>Bare</title><input type="search" aria-label="Search"><output></output>
<button type="button" role="switch" aria-checked="false">Switch</button><div style="height: 300000px"></div>
<script>
  const output = document.querySelector('output');
  document.querySelector('input').oninput = async (event) => {
    output.textContent = await (await fetch('/answer?' + event.target.value)).text();
  };
  const button = document.querySelector('button');
  button.onclick = () => button.ariaChecked = String(button.ariaChecked !== 'true');
</script>`;
/** @type {Map<number, string>} */
const scripts = new Map();

/** @param {number} bytes */
function scriptOf(bytes) {
  const script = scripts.get(bytes) ?? `//${randomBytes(bytes).toString('base64').slice(0, bytes)}`;
  scripts.set(bytes, script);
  return script;
}

const server = createServer((request, response) => {
  const [, name, bytes] = (request.url ?? '').split(/[/?]/);
  response.setHeader('cache-control', 'no-store');
  response.setHeader('content-type', name === 'script' ? 'text/javascript' : 'text/html; charset=utf-8');
  if (name === 'list')
    response.end(
      `<!doctype html><title>Bare</title><input type="search">${ROWS}<script src="/script/${bytes}"></script>`,
    );
  else if (name === 'script') response.end(scriptOf(Number(bytes)));
  else if (name === 'answer') response.end(`answer to ${bytes}`);
  else response.end(TYPING);
});
endWithInput(() => server.closeAllConnections());
server.listen(0, '127.0.0.1', () => console.log(/** @type {import('node:net').AddressInfo} */ (server.address()).port));
