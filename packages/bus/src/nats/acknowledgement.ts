/** What it means that JetStream acknowledged: it does so before anything is on a disk. */

/** Servers from here on can be told to write each message to the disk before they acknowledge it. */
const FIRST_WITH_SYNC_ALWAYS = [2, 10] as const;

/** In words for operators. `replicas`: servers that keep each message. */
export function describeAcknowledgement(version: string, replicas: number): string {
  const who = replicas === 1 ? 'held by one server' : `held by ${Math.floor(replicas / 2) + 1} of ${replicas} servers`;
  return hasSyncAlways(version)
    ? `${who}; written to disk within 2 minutes, or at once where the server has sync_interval: always, which it does not tell`
    : `${who}; written to disk within 60 s, or at once where its store is mounted sync,dirsync: NATS before 2.10 has no setting for it`;
}

function hasSyncAlways(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return (
    major > FIRST_WITH_SYNC_ALWAYS[0] || (major === FIRST_WITH_SYNC_ALWAYS[0] && minor >= FIRST_WITH_SYNC_ALWAYS[1])
  );
}
