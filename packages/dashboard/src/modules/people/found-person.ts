import type { Person } from '../../api/openapi.d.ts';

/** A person and the ETag that an edit is made on. */
export interface FoundPerson {
  readonly person: Person;
  readonly etag: string;
}

/** Reads the person again; null when that failed. */
export type Refetch = () => Promise<FoundPerson | null>;
