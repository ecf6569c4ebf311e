export interface Series {
  readonly name: string;
  /** [seconds since 1970, value], in the order of time. */
  readonly points: readonly (readonly [number, number])[];
  /** A CSS colour; chosen from the palette when absent. */
  readonly colour?: string | undefined;
}
