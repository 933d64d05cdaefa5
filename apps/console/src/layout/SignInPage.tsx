import { Alert, Button, Stack, TextField, Typography } from '@mui/material';
import { type FormEvent, useState } from 'react';
import { useLogin } from 'react-admin';
import { PublicCard } from './PublicCard';

export const SignInPage = () => {
  const login = useLogin();
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setProblem(null);
    try {
      await login({ username: form.get('email'), password: form.get('password') });
    } catch (error) {
      setProblem(error instanceof Error ? error.message : 'Signing in failed. Try again.');
      setBusy(false);
    }
  };

  return (
    <PublicCard isHeading>
      <Typography variant="body2" color="textSecondary">
        Which call may be placed, and from which number.
      </Typography>
      <Stack
        component="form"
        spacing={2.5}
        onSubmit={(event) => void submit(event as FormEvent<HTMLFormElement>)}
        noValidate
      >
        {problem && <Alert severity="error">{problem}</Alert>}
        <TextField name="email" label="E-mail" type="email" autoComplete="username" autoFocus required />
        <TextField name="password" label="Password" type="password" autoComplete="current-password" required />
        <Button type="submit" variant="contained" size="large" loading={busy}>
          Sign in
        </Button>
      </Stack>
    </PublicCard>
  );
};
