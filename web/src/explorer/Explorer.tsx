import { explorerPlugin } from '@graphiql/plugin-explorer';
import { HISTORY_PLUGIN } from '@graphiql/plugin-history';
import { GraphiQL } from 'graphiql';
import { useEffect, useMemo, useState } from 'react';
import { isDemo } from '../session/demo.ts';
import { examplesFor } from './examples.ts';
import { makeFetcher } from './fetcher.ts';
import { Head } from './Head.tsx';
import { type Start, startOf } from './start.ts';
import { storageOf } from './storage.ts';

const PLUGINS = [HISTORY_PLUGIN, explorerPlugin()];

/** GraphiQL on this API, signed in for requests and sockets alike. */
export function Explorer() {
  const [token, setToken] = useState('');
  return (
    <div className="explorer">
      <Head token={token} onToken={setToken} />
      {(token || !isDemo) && <Editor key={token} token={token} />}
    </div>
  );
}

function Editor({ token }: { token: string }) {
  const [start, setStart] = useState<Start | null>(null);
  const fetcher = useMemo(() => makeFetcher(token), [token]);
  useEffect(() => {
    void startOf(token).then(setStart);
  }, [token]);
  if (!start) return null;
  return (
    <GraphiQL
      fetcher={fetcher}
      plugins={PLUGINS}
      defaultTabs={examplesFor(start, isDemo)}
      storage={storageOf(start.practiceId)}
      shouldPersistHeaders={false}
    />
  );
}
