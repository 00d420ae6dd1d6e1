import { Suspense, useState } from 'react';
import { themed } from '../../lazy-page.tsx';

const dialog = themed(() => import('./secret-dialog.tsx'));

/** A secret and the app that it is of. */
export type Secret = { readonly app_key: string; readonly text: string };

/** Holds a secret between the answer that shows it once and the operator who notes it. */
export function useSecret() {
  const [secret, setSecret] = useState<Secret>();
  return {
    secret,
    show: (app_key: string, text: string) => setSecret({ app_key, text }),
    hide: () => setSecret(undefined),
  };
}

/** Shows a new secret, which nobody can ask for again. */
export function SecretShown({ secret, hide }: { secret: Secret | undefined; hide: () => void }) {
  return <Suspense>{secret && <dialog.Shown secret={secret} hide={hide} />}</Suspense>;
}
