import { wrongUse } from '../command-failure.ts';

export interface SetupLink {
  /** Of the server; undefined when only the secret was given. */
  readonly url: string | undefined;
  readonly secret: string;
}

/** Takes `https://host/setup#fhi_…` or the bare `fhi_…`. Only the server's own check can say whether the secret is right. */
export function parseSetupLink(text: string): SetupLink {
  const at = text.indexOf('#');
  const secret = text.slice(at + 1).trim();
  if (!/^fhi_[0-9A-Za-z_]{1,200}$/.test(secret)) {
    throw wrongUse(
      `this is neither a setup link nor its secret, which begins with fhi_.\nTake the whole link that \`flaghoist start\` prints, in quotes: the shell reads # as a comment otherwise.`,
    );
  }
  if (at < 0) return { url: undefined, secret };
  return {
    url: text
      .slice(0, at)
      .trim()
      .replace(/\/setup\/?$/, ''),
    secret,
  };
}
