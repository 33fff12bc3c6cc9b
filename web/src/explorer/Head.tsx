import { useEffect, useState } from 'react';
import type { Role } from '../graphql.ts';
import { DEMO_ROLES, demoToken, isDemo, ROLE_NAMES } from '../session/demo.ts';

interface Props {
  token: string;
  onToken(token: string): void;
}

/** Who asks: in demo mode a role, elsewhere a token. */
export function Head({ token, onToken }: Props) {
  return (
    <header className="explorer-head">
      <strong>Session Tracker</strong>
      <a href="/">The page</a>
      {isDemo ? <RoleField onToken={onToken} /> : <TokenField token={token} onToken={onToken} />}
    </header>
  );
}

function RoleField({ onToken }: Pick<Props, 'onToken'>) {
  const [role, setRole] = useState<Role>('ADMIN');
  const [problem, setProblem] = useState('');
  useEffect(() => {
    demoToken(role).then(onToken, (error: Error) => setProblem(error.message));
  }, [role, onToken]);
  return (
    <>
      <label>
        Signed in as
        <select value={role} onChange={({ target }) => setRole(target.value as Role)}>
          {DEMO_ROLES.map((each) => (
            <option key={each} value={each}>
              {ROLE_NAMES[each]}
            </option>
          ))}
        </select>
      </label>
      {problem && (
        <span className="problem" role="alert">
          {problem}
        </span>
      )}
    </>
  );
}

function TokenField({ token, onToken }: Props) {
  const [typed, setTyped] = useState(token);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onToken(typed.trim());
      }}
    >
      <label>
        Token
        <input type="password" autoComplete="off" value={typed} onChange={({ target }) => setTyped(target.value)} />
        <button type="submit">Use it</button>
      </label>
    </form>
  );
}
