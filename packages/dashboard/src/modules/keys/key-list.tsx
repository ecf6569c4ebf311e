import { useState } from 'react';
import { environmentOptions } from '../../api/environment-options.ts';
import type { SdkKey } from '../../api/openapi.d.ts';
import { Card } from '../../ui/card.tsx';
import { isOver } from '../../ui/expiry.ts';
import { OverCheckbox } from '../../ui/over-checkbox.tsx';
import { Select } from '../../ui/select.tsx';
import { KeyTable, type KeyTableProps } from './key-table.tsx';

export interface KeyListProps extends Pick<KeyTableProps, 'canRevoke' | 'onRevoke'> {
  readonly keys: readonly SdkKey[];
  readonly environments: readonly { readonly key: string; readonly name: string }[];
  /** The one that is looked at; undefined: all. */
  readonly environment: string | undefined;
  readonly onEnvironment: (environment: string | undefined) => void;
}

const ALL = '';

/** The keys of one environment or of all; those that do not work any more on demand. */
export function KeyList({ keys, environments, environment, onEnvironment, canRevoke, onRevoke }: KeyListProps) {
  const [withOver, setWithOver] = useState(false);
  const now = new Date();
  const here = keys.filter((key) => environment === undefined || key.environments.includes(environment));
  const over = here.filter((key) => isOver(key, now)).length;
  const shown = withOver ? here : here.filter((key) => !isOver(key, now));
  return (
    <>
      <div className="mb-4 flex flex-wrap items-center gap-4">
        <Select
          value={environment ?? ALL}
          onChange={(env) => onEnvironment(env === ALL ? undefined : env)}
          options={[{ value: ALL, label: 'All environments' }, ...environmentOptions(environments)]}
          aria-label="Environment"
          className="w-48"
        />
        <OverCheckbox count={over} checked={withOver} onChange={setWithOver} />
      </div>
      <Card flush>
        {shown.length === 0 ? (
          <p className="p-6 text-center text-soft">
            No key that works{environment === undefined ? '' : ` in ${environment}`}.
          </p>
        ) : (
          <KeyTable keys={shown} now={now} canRevoke={canRevoke} onRevoke={onRevoke} />
        )}
      </Card>
    </>
  );
}
