import { useQuery } from '@tanstack/react-query';
import { sessionQuery } from '../../api/queries/session.ts';
import { Card } from '../../ui/card.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { Section } from '../../ui/section.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { NameForm } from './name-form.tsx';
import { OwnGrants } from './own-grants.tsx';
import { PasswordForm } from './password-form.tsx';
import { SessionsSection } from './sessions-section.tsx';
import { ThemeChoice } from './theme-choice.tsx';
import { TwoStep } from './two-step.tsx';

/** What concerns oneself: who one is, how one signs in, where one is signed in, what one may do. */
export function AccountPage() {
  const { data: session } = useQuery(sessionQuery);
  return (
    <div className="max-w-3xl">
      <PageHeader title="Your account" description={session?.person.email} />
      {session === undefined ? (
        <Card flush>
          <SkeletonRows count={6} height={72} />
        </Card>
      ) : (
        <div className="flex flex-col gap-10">
          <Section title="Name" description="Colleagues see it in the history, beside what you change.">
            <NameForm name={session.person.name} />
          </Section>
          <Section title="Password" description="A new one signs you out everywhere else.">
            <PasswordForm email={session.person.email} />
          </Section>
          <Section
            title="Two-step sign-in"
            description="Besides the password, a code that your phone shows: a stolen password alone opens nothing."
          >
            <TwoStep isOn={session.person.totp} email={session.person.email} />
          </Section>
          <SessionsSection />
          <Section title="Look" description="Kept in this browser.">
            <ThemeChoice />
          </Section>
          <Section
            title="What you may do"
            description="Where two overlap the narrower one counts; an admin stays an admin in everything below."
          >
            <OwnGrants grants={session.grants} />
          </Section>
        </div>
      )}
    </div>
  );
}
