import type { Cast } from './cast.ts';

export type Heal = () => void;

export interface Fault {
  readonly name: string;
  readonly begin: (cast: Cast) => Heal;
  /** How much more often than others it is drawn, because much has to come together before it does harm. Default: 1. */
  readonly weight?: number;
}
