// By themselves, because these are all that evaluating needs, and a bundler keeps or drops an object whole.
export const MOST_PROBLEMS = 20;
export const MATCHED_LENGTH = 4_096;
export const VERSION_LENGTH = 256;
export const LIST_ELEMENTS = 10_000;
export const PREREQUISITE_DEPTH = 16;
export const SEGMENT_DEPTH = 16;
export const ENTITY_LENGTH = 16_777_216;

/**
 * How large an entity may be. Whoever saves one and whoever receives one holds it to the same limits, so that what was
 * accepted once is accepted everywhere.
 */
export const LIMITS = {
  /** Problems reported by one check: who has mended twenty can ask again, and a hostile document costs little. */
  problems: MOST_PROBLEMS,
  /** Rules of a flag: every evaluation may walk all of them. */
  rules: 200,
  /** Conditions of a flag or segment, groups counted with their members: bounds the work of one evaluation. */
  conditions: 1_000,
  /** Groups within groups: bounds the recursion; deeper logic is better named as a segment. */
  groupDepth: 8,
  /** Values of one `in` or `inIpRange` condition: longer lists are audiences and belong into a segment's keys. */
  values: 100_000,
  /** Values of one condition whose operator tries them one by one. */
  textValues: 1_000,
  /** Such values in all conditions of a flag or segment: with the longest list, 20 million comparisons. */
  entityTextValues: 2_000,
  /** Patterns of one `matches` condition: each is run on its own. */
  patterns: 32,
  /** Patterns in all conditions of a flag or segment: each is compiled by every process, and run on its own. */
  entityPatterns: 32,
  /** UTF-16 code units of a pattern. */
  patternLength: 512,
  /** UTF-16 code units of a text that a pattern is run on; longer texts match no pattern. */
  matchedLength: MATCHED_LENGTH,
  /** UTF-16 code units of a version; longer texts are none. */
  versionLength: VERSION_LENGTH,
  /** Elements of a list-valued attribute that are looked at: a hostile context costs no more than this. */
  listElements: LIST_ELEMENTS,
  /** Prerequisites of a flag. */
  prerequisites: 32,
  /** Flags in a chain of prerequisites, the first included: bounds the recursion of an evaluation. */
  prerequisiteDepth: PREREQUISITE_DEPTH,
  /** Attribute paths that a bucketing contract may fall back to. */
  fallbacks: 4,
  /** Bits that name the chunk of a key: 4,096 chunks. */
  chunkBits: 12,
  /** Hashes of a chunk: half a megabyte of text. */
  chunkHashes: 32_768,
  /** UTF-16 code units of an entity's JSON. */
  entityLength: ENTITY_LENGTH,
  /** Variants of a flag: each is an answer prepared in every process, for every rule that serves it. */
  variants: 100,
  /** Individual targets of a flag: one for each variant is enough. */
  targets: 100,
  /** Nesting of a variant's value: bounds the recursion of every JSON writer on its way. */
  valueDepth: 32,
  /** Keys of one target, or of a segment's included or excluded list: each is held in memory by every process. */
  keys: 100_000,
  /** Segments in a chain of references, the first included: bounds the recursion of an evaluation. */
  segmentDepth: SEGMENT_DEPTH,
  /** Sum of the weights of a rollout: the largest total for which buckets are defined (signed 32 bits everywhere). */
  totalWeight: 2_147_483_647,
  /** UTF-16 code units of an attribute path: longer than any name a person writes. */
  attributeLength: 256,
  /** UTF-16 code units of a salt: hashed once, but carried by every copy of the flag. */
  saltLength: 256,
  /** UTF-16 code units of a targeting key or of a condition's value: room for a URL. */
  textLength: 1_024,
  /** UTF-16 code units of a description: a paragraph, since it travels to every follower. */
  descriptionLength: 4_096,
  /** UTF-16 code units of one string, or member name, in a variant's value: configuration, not a document store. */
  variantTextLength: 65_536,
} as const;
