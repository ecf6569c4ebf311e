import type { ReactNode } from 'react';
import { GrantsField } from '../modules/people/grants-field.tsx';
import { GroupGrantsField } from '../modules/people/group-grants-field.tsx';
import { SingleSignOnPage } from '../modules/single-sign-on/single-sign-on-page.tsx';

export function Page(): ReactNode {
  return <SingleSignOnPage GrantsField={GrantsField} GroupGrantsField={GroupGrantsField} />;
}
