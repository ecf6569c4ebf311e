/** Tells password managers whose password a form is about, where the e-mail address is not asked for. Nobody sees it. */
export function UsernameForManagers({ email }: { readonly email: string }) {
  return <input type="email" name="email" autoComplete="username" value={email} readOnly hidden />;
}
