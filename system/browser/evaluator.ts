/** What a browser needs of the evaluator: all but the validator, because the server it asks has checked what it sends. */
export { describeFlag, emptyRuleset, evaluate, explain, flagKeys, patchTrusted } from '@flaghoist/evaluator';
