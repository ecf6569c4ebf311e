/** What a test sets up in the world outside its process, and takes down again whatever comes of the test. */
import { onTestFinished } from 'vitest';
import { createStage, type Scene } from './stage.ts';

export type { Scene } from './stage.ts';

/** Call it in a test. What fails at the end fails the test, but keeps nothing else from being ended. */
export function openScene(): Scene {
  const { scene, end } = createStage();
  onTestFinished(end);
  return scene;
}
