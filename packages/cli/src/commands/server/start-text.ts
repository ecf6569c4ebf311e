import type { RunningServer } from '@flaghoist/server';
import type { Colors } from '../../output/reporter.ts';
import type { Settings } from '../../settings.ts';

/** What `start` prints when the server answers: where it is, and what to do next. */
export function startText(
  server: Pick<RunningServer, 'url' | 'metricsUrl' | 'setupUrl' | 'keys'>,
  { demo, roles }: Pick<Settings, 'demo' | 'roles'>,
  colors: Colors,
): string {
  const parts = [`${colors.green('Flaghoist is running')} at ${colors.bold(server.url)}`];
  if (server.metricsUrl !== null) parts.push(`Metrics for Prometheus: ${server.metricsUrl}`);
  if (server.setupUrl !== null) {
    parts.push(`It is not set up yet. Open this link in a browser to make the first account; it works once:

  ${server.setupUrl}

Or make an admin token instead, for the commands below, in another terminal:

  npx flaghoist setup '${server.setupUrl}'`);
  }
  if (demo && server.keys !== null) {
    parts.push(`Ask for a flag over OFREP:

${curl(server.url, server.keys.client)}

Server key, for OpenFeature in your own services: ${server.keys.server}`);
  } else if (roles.includes('control') && roles.includes('edge')) {
    parts.push(`Make a flag and a key:

  npx flaghoist projects create my-app -e production
  npx flaghoist flags create new-checkout -p my-app --type boolean --client-visible --enabled
  npx flaghoist keys create --kind client -p my-app -e production

Then ask for the flag over OFREP, with that key:

${curl(server.url, 'CLIENT_KEY')}`);
  }
  parts.push('Ctrl-C stops the server.');
  return `${parts.join('\n\n')}\n`;
}

function curl(url: string, key: string): string {
  return `  curl -s ${url}/ofrep/v1/evaluate/flags/new-checkout \\
    -H 'Authorization: Bearer ${key}' -H 'Content-Type: application/json' \\
    -d '{"context":{"targetingKey":"user-1"}}'`;
}
