import { Alert, Box, Button, Card, CardContent, Stack, TextField, Typography } from '@mui/material';
import { type FormEvent, useState } from 'react';
import { useLogin } from 'react-admin';
import { Logo } from './Logo';

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
    <Box sx={{ minHeight: '100vh', display: 'grid', placeItems: 'center', p: 2, bgcolor: 'background.default' }}>
      <Card sx={{ width: '100%', maxWidth: 400 }}>
        <CardContent component="form" onSubmit={(event) => void submit(event as FormEvent<HTMLFormElement>)} noValidate>
          <Stack spacing={2.5} sx={{ p: 1 }}>
            <Box sx={{ display: 'flex', alignItems: 'center', gap: 1.5, color: 'primary.main' }}>
              <Logo size={36} />
              <Typography variant="h5" component="h1" sx={{ color: 'text.primary' }}>
                Ringfence
              </Typography>
            </Box>
            <Typography variant="body2" color="textSecondary">
              Which call may be placed, and from which number.
            </Typography>
            {problem && <Alert severity="error">{problem}</Alert>}
            <TextField name="email" label="E-mail" type="email" autoComplete="username" autoFocus required />
            <TextField name="password" label="Password" type="password" autoComplete="current-password" required />
            <Button type="submit" variant="contained" size="large" loading={busy}>
              Sign in
            </Button>
          </Stack>
        </CardContent>
      </Card>
    </Box>
  );
};
