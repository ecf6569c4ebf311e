/** Why nobody can sign in here at the moment, and what to do about it. */
import { Callout } from '../../ui/callout.tsx';
import { Code } from '../../ui/copy-text.tsx';
import { LinkButton } from '../../ui/link-button.tsx';
import { EntryFrame } from './entry-frame.tsx';

/** A page of a link that was opened without what stands behind its `#`. */
export function LinkWithoutSecret({ what }: { readonly what: string }) {
  return (
    <EntryFrame
      title="This link is not complete"
      description={`The part behind the # is missing. Open the whole ${what}; in some programs it has to be copied rather than clicked.`}
    >
      <LinkButton to="/sign-in" size="lg">
        Go to signing in
      </LinkButton>
    </EntryFrame>
  );
}

/** Nobody has an account yet. */
export function NotSetUp({ version }: { readonly version: string }) {
  return (
    <EntryFrame
      title="This installation is not set up yet"
      description="The first account is made with the setup link, so that only whoever runs the server can make it."
      footer={<span className="nums">Flaghoist {version}</span>}
    >
      <ol className="flex list-decimal flex-col gap-3 pl-5 marker:text-faint">
        <li>Look into the terminal, or the log, of the server. It prints the setup link each time it starts.</li>
        <li>
          Open that link in this browser. It looks like this:
          <code className="mt-1 block truncate font-mono text-sm text-soft">{window.location.origin}/setup#fhi_…</code>
        </li>
        <li>No link there? Start the server again: it prints a new one until setup is done.</li>
      </ol>
    </EntryFrame>
  );
}

/** The page came over plain http from elsewhere: a password would travel in the clear. */
export function InsecureAddress({ problem, version }: { readonly problem: string | null; readonly version: string }) {
  return (
    <EntryFrame
      wide
      title="Signing in is not possible at this address"
      description={
        <>
          You opened <code className="font-mono text-sm break-all">{window.location.origin}</code>. Your password would
          travel where others can read it.
        </>
      }
      footer={<span className="nums">Flaghoist {version}</span>}
    >
      {problem !== null && <Callout tone="warn">{problem}</Callout>}
      <section aria-labelledby="for-all" className="flex flex-col gap-2">
        <h2 id="for-all" className="font-medium">
          For everybody
        </h2>
        <p className="text-soft">
          Give the server a certificate (--tls-cert, --tls-key), or put a proxy that speaks TLS in front of it, and tell
          the server the address that people use:
        </p>
        <Code text="flaghoist start --public-url https://flags.example.com" label="the command" />
      </section>
      <section aria-labelledby="for-now" className="flex flex-col gap-2">
        <h2 id="for-now" className="font-medium">
          For now, from your own machine
        </h2>
        <p className="text-soft">Forward the port, then open http://localhost:{portOf(window.location)} here:</p>
        <Code
          text={`ssh -L ${portOf(window.location)}:127.0.0.1:${portOf(window.location)} ${window.location.hostname}`}
          label="the command"
        />
      </section>
    </EntryFrame>
  );
}

function portOf({ port }: Location): string {
  return port === '' ? '80' : port;
}
