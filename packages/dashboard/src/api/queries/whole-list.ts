/** The filter of the flag list while nobody has narrowed it, as its page asks for it. */
export const WHOLE_LIST = { lifecycle: 'active', sort: 'key', order: 'asc' } as const;
