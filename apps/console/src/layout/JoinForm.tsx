import { Alert, Button, Link, Stack, TextField } from '@mui/material';
import { type FormEvent, useState } from 'react';
import { PASSWORD_LENGTH } from '#contracts';
import { acceptInvitation } from '../providers/session';
import { PasswordField } from '../shared/PasswordField';
import { fieldRefusal, refusalBesides, useAttempt } from '../shared/useAttempt';
import { enterConsole } from './enterConsole';

const LONGEST_NAME = 200;
const FIELDS = ['name', 'password'];

/**
 * For who is not signed in. Whether the e-mail has an account is asked, not told: the link alone must not tell it. Who
 * gets it wrong is told by the answer, and finds the other form.
 */
export const JoinForm = ({ token }: { token: string }) => {
  const [hasAccount, setHasAccount] = useState(false);
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const { refusal, busy, attempt, forget } = useAttempt();
  const [nameless, weak] = FIELDS.map((field) => fieldRefusal(refusal, field));
  const problem = refusalBesides(refusal, FIELDS);

  const join = async (event: FormEvent) => {
    event.preventDefault();
    const given = hasAccount ? { token, password } : { token, name: name.trim(), password };
    const joined = await attempt(() =>
      acceptInvitation(given).catch((error: unknown) => {
        const { code, errors: fields } = (error as { body?: { code?: string; errors?: object } }).body ?? {};
        if (code === 'invalid_credentials') setHasAccount(true);
        if (fields && 'name' in fields) setHasAccount(false);
        throw error;
      }),
    );
    if (joined) enterConsole();
  };

  const change = () => {
    setHasAccount(!hasAccount);
    forget();
  };

  return (
    <Stack component="form" spacing={2} onSubmit={(event) => void join(event as FormEvent)} noValidate>
      {problem && <Alert severity="error">{problem}</Alert>}
      {!hasAccount && (
        <TextField
          label="Your name"
          value={name}
          onChange={(event) => setName(event.target.value)}
          error={nameless !== undefined}
          helperText={nameless}
          slotProps={{ htmlInput: { maxLength: LONGEST_NAME } }}
          autoComplete="name"
          autoFocus
        />
      )}
      <PasswordField
        key={hasAccount ? 'own' : 'new'}
        label={hasAccount ? 'Password of your account' : 'Choose a password'}
        value={password}
        onChange={(event) => setPassword(event.target.value)}
        error={weak !== undefined}
        helperText={weak ?? (hasAccount ? undefined : `At least ${PASSWORD_LENGTH.min} characters`)}
        autoComplete={hasAccount ? 'current-password' : 'new-password'}
        autoFocus={hasAccount}
      />
      <Button
        type="submit"
        variant="contained"
        size="large"
        loading={busy}
        disabled={password === '' || (!hasAccount && name.trim() === '')}
      >
        {hasAccount ? 'Sign in and join' : 'Join'}
      </Button>
      <Link component="button" type="button" variant="body2" onClick={change}>
        {hasAccount ? 'I have no Ringfence account yet' : 'I have a Ringfence account already'}
      </Link>
    </Stack>
  );
};
