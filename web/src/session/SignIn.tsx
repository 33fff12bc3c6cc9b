import { useEffect, useState } from 'react';
import { Button, Form, Label, TextArea, TextField } from 'react-aria-components';
import type { Role } from '../graphql.ts';
import { Notice } from '../ui/Notice.tsx';
import { DEMO_ROLES, demoToken, isDemo, ROLE_NAMES } from './demo.ts';
import { signIn } from './session.ts';

/** The door: a token to paste, or in demo mode a role to choose. */
export function SignIn({ reason }: { reason: string | null }) {
  return (
    <main className="door">
      <h1>Session Tracker</h1>
      {reason && <Notice kind="problem">{reason}</Notice>}
      {isDemo ? <DemoDoor isOpen={reason === null} /> : <TokenDoor />}
    </main>
  );
}

function DemoDoor({ isOpen }: { isOpen: boolean }) {
  const [problem, setProblem] = useState<string | null>(null);
  const enter = (role: Role) => demoToken(role).then(signIn, (error: Error) => setProblem(error.message));
  useEffect(() => {
    if (isOpen) void enter('STAFF');
  }, []);
  return (
    <>
      <p>This is a demo practice. Come in as</p>
      <div className="row">
        {DEMO_ROLES.map((role) => (
          <Button key={role} onPress={() => void enter(role)}>
            {ROLE_NAMES[role]}
          </Button>
        ))}
      </div>
      {problem && <Notice kind="problem">{problem}</Notice>}
    </>
  );
}

function TokenDoor() {
  const [token, setToken] = useState('');
  return (
    <Form
      onSubmit={(event) => {
        event.preventDefault();
        signIn(token.trim().replace(/^Bearer\s+/i, ''));
      }}
    >
      <TextField value={token} onChange={setToken} isRequired autoComplete="off">
        <Label>Your token</Label>
        <TextArea rows={4} spellCheck="false" />
      </TextField>
      <p className="hint">
        Whoever runs Session Tracker gives you one: <code>session-tracker token --email …</code>
      </p>
      <Button type="submit" className="primary">
        Sign in
      </Button>
    </Form>
  );
}
