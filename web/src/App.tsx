import { type ReactNode, useEffect, useState } from 'react';
import { Provider } from 'urql';
import { type Api, openApi } from './api/api.ts';
import { connection } from './api/connection.ts';
import { Layout } from './Layout.tsx';
import { OwnInbox } from './screens/tasks/inbox.tsx';
import { ChangesProvider } from './session/changes.tsx';
import { PracticeProvider } from './session/practice.tsx';
import { SignIn } from './session/SignIn.tsx';
import { session, signOut } from './session/session.ts';
import { useStore } from './store.ts';
import { Announcer } from './ui/Announcer.tsx';

const REFUSED = 'This token is not valid, or no longer: it has ended, or its person is not active.';

export function App() {
  const { token, reason } = useStore(session);
  return (
    <>
      {token ? (
        <SignedIn key={token} token={token}>
          <ChangesProvider>
            <PracticeProvider>
              <OwnInbox>
                <Layout />
              </OwnInbox>
            </PracticeProvider>
          </ChangesProvider>
        </SignedIn>
      ) : (
        <SignIn reason={reason} />
      )}
      <Announcer />
    </>
  );
}

/** Holds what speaks to the API for as long as the token is used. */
function SignedIn({ token, children }: { token: string; children: ReactNode }) {
  const [api, setApi] = useState<Api | null>(null);
  useEffect(() => {
    const opened = openApi(token, () => signOut(REFUSED));
    connection.set('connecting');
    setApi(opened);
    return opened.close;
  }, [token]);
  return api && <Provider value={api.client}>{children}</Provider>;
}
