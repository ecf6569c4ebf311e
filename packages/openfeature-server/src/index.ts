/** OpenFeature provider for Node. */
export type { Evaluation, EvaluationContext } from '@flaghoist/evaluator';
export { FlaghoistProvider } from './provider.ts';
export type { FlaghoistProviderOptions } from './provider-options.ts';
