/** Several processes of one program behind one port. */
export { createClusterWorkers, joinCluster, type WorkerSide } from './cluster-workers.ts';
export {
  createSupervisor,
  type ForkWorker,
  type Supervisor,
  type SupervisorOptions,
  type WorkerListener,
  type WorkerProcess,
} from './supervisor.ts';
