/** HTML of the pages. Everything variable passes `escape`. */

export const STYLE = `
:root { color-scheme: light dark; --ink: #16202c; --soft: #566373; --paper: #f6f7f9; --card: #ffffff; --line: #dde2e8; --accent: #0b6bcb; --good: #14804a; --wait: #a15c00; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8edf3; --soft: #9aa8b8; --paper: #0f151c; --card: #18212b; --line: #2a3643; --accent: #6db3f8; --good: #5fd39a; --wait: #f0b35e; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 46rem; margin: 0 auto; padding: 3.5rem 1.25rem 4rem; }
header { display: flex; align-items: center; gap: .75rem; margin-bottom: 1.75rem; }
header svg { width: 2.25rem; height: 2.25rem; color: var(--accent); flex: none; }
h1 { font-size: 1.5rem; line-height: 1.2; margin: 0; letter-spacing: -.01em; }
h2 { font-size: 1.0625rem; margin: 0 0 .5rem; }
p { margin: 0 0 .75rem; } p:last-child, pre:last-child { margin-bottom: 0; }
.soft { color: var(--soft); }
section { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: 1.25rem 1.375rem; margin: 0 0 1rem; }
dl { display: grid; grid-template-columns: minmax(7rem, max-content) 1fr; gap: .375rem 1.25rem; margin: 0; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
.state { display: inline-flex; align-items: center; gap: .45rem; font-weight: 600; }
.state::before { content: ""; width: .625rem; height: .625rem; border-radius: 50%; background: currentColor; }
.good { color: var(--good); } .wait { color: var(--wait); }
pre { margin: .5rem 0 .75rem; padding: .75rem .875rem; border-radius: .5rem; background: var(--paper); border: 1px solid var(--line); overflow-x: auto; }
code, pre { font: .875rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; }
a { color: var(--accent); text-underline-offset: .15em; }
@media (max-width: 32rem) { main { padding-top: 1.75rem; } dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .5rem; } }
`;

const MARK = `<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d="M6 21V3"/><path d="M6 4h11l-2.5 4L17 12H6" fill="currentColor" fill-opacity=".18"/></svg>`;

export interface StatusText {
  readonly version: string;
  readonly roles: readonly string[];
  readonly database: string;
  readonly startedAt: string;
  readonly ready: boolean;
  readonly isSetUp: boolean;
  readonly origin: string;
}

export function statusPage(status: StatusText): string {
  const state = status.ready ? '<span class="state good">Ready</span>' : '<span class="state wait">Starting</span>';
  const rows = [
    ['State', state],
    ['Version', escape(status.version)],
    ['Process roles', escape(status.roles.join(', '))],
    ['Database', escape(status.database)],
    ['Started', escape(status.startedAt.replace('T', ' ').replace(/\.\d+Z$/, ' UTC'))],
  ];
  return page(
    'Flaghoist',
    `<section><dl>${rows.map(([name, value]) => `<dt>${name}</dt><dd>${value}</dd>`).join('')}</dl></section>
    ${status.isSetUp ? nextSteps(status.origin) : firstStep()}
    <section><h2>For programs</h2><dl>
      <dt>OFREP</dt><dd><code>${escape(status.origin)}/ofrep/v1/evaluate/flags</code></dd>
      <dt>OpenFeature</dt><dd>provider <code>@flaghoist/openfeature-server</code> with this address and a server key</dd>
      <dt>Management API</dt><dd><a href="/openapi.json">openapi.json</a></dd>
      <dt>Probes</dt><dd><a href="/livez">livez</a>, <a href="/readyz">readyz</a></dd>
    </dl></section>
    <p class="soft">The dashboard is not built yet; the command line and the API do everything. <code>npx flaghoist --help</code> lists the commands.</p>`,
  );
}

function firstStep(): string {
  return `<section><h2>Set it up</h2><p>This installation has no admin yet, and no default password. The terminal in which the server started shows a one-time setup link. Complete it there:</p>
    <pre>npx flaghoist setup '&lt;the setup link&gt;'</pre><p class="soft">It returns an admin token and keeps it for the commands that follow.</p></section>`;
}

function nextSteps(origin: string): string {
  return `<section><h2>Next</h2><p>Make a project, a flag and a key:</p>
    <pre>npx flaghoist projects create shop -e production
npx flaghoist flags create new-checkout -p shop --type boolean
npx flaghoist flags toggle new-checkout -p shop -e production --on
npx flaghoist keys create -p shop -e production --kind server</pre>
    <p>Then ask for it:</p>
    <pre>curl -s ${escape(origin)}/ofrep/v1/evaluate/flags/new-checkout \\
  -H 'Authorization: Bearer &lt;key&gt;' -H 'Content-Type: application/json' \\
  -d '{"context":{"targetingKey":"user-1"}}'</pre></section>`;
}

export function setupPage(isSetUp: boolean): string {
  return page(
    'Set up Flaghoist',
    isSetUp
      ? `<section><h2>Setup is done</h2><p>This installation has an admin. Ask them for a token, or make one with <code>npx flaghoist tokens create</code>.</p></section>`
      : `<section><h2>Complete the setup from a terminal</h2><p>Copy the whole address of this page, with what follows the <code>#</code>, and run on any machine that reaches this server:</p>
        <pre>npx flaghoist setup '&lt;this address&gt;'</pre>
        <p class="soft">The part behind the # is the secret; browsers do not send it to the server. The link works once. Setting up in the browser comes with the dashboard.</p></section>`,
  );
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title><style>${STYLE}</style></head>
<body><main><header>${MARK}<h1>${title}</h1></header>${body}</main></body></html>`;
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
