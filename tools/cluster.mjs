// @ts-check
/**
 * `npm run cluster`: PostgreSQL with a standby, three NATS nodes, two processes of control and publisher, two workers, three
 * edges, nginx and three applications on this machine, over wires of their own. Says what runs where; Ctrl-C ends them all.
 */
import { ensureBuilt, ensureInstalled, ensureNats, ensurePostgres, ensureProxies } from './setup.mjs';
import { runScript, SetupError } from './setup/run.mjs';

await runScript(async () => {
  if (process.argv.length > 2) throw new SetupError('Usage: npm run cluster');
  await ensureInstalled();
  await ensureBuilt();
  await ensurePostgres();
  await ensureNats();
  await ensureProxies(['nginx']);
  const { loadTypeScript } = await import('./setup/run-typescript.mjs');
  const { runCluster } = await loadTypeScript('system/cluster/command.ts');
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stopping.abort());
  await runCluster(stopping.signal, console.log);
  return 0;
});
