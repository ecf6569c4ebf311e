import { type FaultLink, startFaultLink } from '@flaghoist/testkit/links';
import type { Scene } from './scene.ts';

/** A wire to a port of this machine that goes when the test is over. */
export async function linkTo(scene: Scene, port: number): Promise<FaultLink> {
  const link = await startFaultLink(port);
  scene.atEnd(() => link.close());
  return link;
}
