import { type Problems, problemsUnder } from '../check/problems.ts';
import type { Configuration } from '../draft/configuration.ts';
import { DefaultRule } from './default-rule.tsx';
import { KillSwitch, type KillSwitchProps } from './kill-switch.tsx';
import { Prerequisites } from './prerequisites.tsx';
import { RuleList } from './rule-list.tsx';
import { Targets } from './targets.tsx';

export interface TargetingTabProps extends Omit<KillSwitchProps, 'configuration'> {
  readonly present: Configuration;
  readonly saved: Configuration;
  readonly problems: Problems;
}

/** In the order in which an evaluation asks. */
export function TargetingTab({ present, saved, problems, ...toggle }: TargetingTabProps) {
  return (
    <div className="flex min-w-0 flex-col gap-8">
      <KillSwitch configuration={present} problems={problems} {...toggle} />
      <Prerequisites prerequisites={present.prerequisites} problems={problemsUnder(problems, '$.prerequisites')} />
      <Targets targets={present.targets} problems={problemsUnder(problems, '$.targets')} />
      <RuleList rules={present.rules} saved={saved.rules} problems={problemsUnder(problems, '$.rules')} />
      <DefaultRule serve={present.default} problems={problems} />
    </div>
  );
}
