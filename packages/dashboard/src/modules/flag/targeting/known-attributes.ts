import { createContext, useContext } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { keys } from '../../../api/queries/keys.ts';
import { attributesOf, type ConfigurationAnswer, readConfiguration } from '../draft/configuration.ts';

/** Attributes that the page's own draft names. */
export const OwnAttributes = createContext<{ readonly project: string; readonly own: readonly string[] }>({
  project: '',
  own: [],
});

/** Those of this flag first, then those of every configuration that was read before: asking for more is not worth a request. */
export function useAttributes(): readonly string[] {
  const { project, own } = useContext(OwnAttributes);
  const client = useQueryClient();
  const read = client.getQueriesData<ConfigurationAnswer>({ queryKey: [...keys.project(project), 'configuration'] });
  const others = read.flatMap(([, found]) => (isConfiguration(found) ? attributesOf(readConfiguration(found)) : []));
  return [...new Set([...own, ...others, 'targetingKey', '$now', '$random'])];
}

function isConfiguration(found: ConfigurationAnswer | undefined): found is ConfigurationAnswer {
  return found !== undefined && Array.isArray(found.rules) && typeof found.default === 'object';
}
