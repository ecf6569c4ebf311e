/** What a line must never do, and what is said when it does. */
import type { Values } from './truth.ts';

/**
 * I1 to I8 as the reliability rules count them; `L`: everybody comes to the newest once faults stop; `R`: one attempt at a
 * time, and bounds on asking again; `S`: what is called fresh was heard of.
 */
export type Invariant = 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6' | 'I8' | 'L' | 'R' | 'S';

export const INVARIANTS: { readonly [name in Invariant]: string } = {
  I1: 'an acknowledged change is lost, or its revision is used again',
  I2: 'what a reader serves goes back, or is another ruleset at the same place',
  I3: 'an evaluation throws, or answers with another environment’s value',
  I4: 'something is served that nobody published, or not what was published',
  I5: 'an error, an empty answer or nothing at all was taken for "no flags"',
  I6: 'an exposure is counted twice, or neither counted nor dropped',
  I8: 'something is served that the gate had to withhold',
  L: 'faults are over, and somebody does not come to the newest',
  R: 'more than one attempt at a time, or asked too often',
  S: 'what is held is called fresh, and nothing was heard for too long',
};

export interface Violation {
  readonly invariant: Invariant;
  readonly message: string;
  /** Index in the recording. */
  readonly entry: number;
}

export type Report = (invariant: Invariant, message: string) => void;

/** What was published under a head's hash. */
export interface Published {
  readonly environment: string;
  /** Any of these: a database that was put back may find a revision on the bus that says nothing, and wait with its own. */
  readonly values: readonly Values[];
}
