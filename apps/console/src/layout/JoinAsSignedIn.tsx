import { Alert, Button, Typography } from '@mui/material';
import { acceptInvitation, currentSession } from '../providers/session';
import { useAttempt } from '../shared/useAttempt';
import { enterConsole } from './enterConsole';

/** For who is signed in with the invited e-mail already. */
export const JoinAsSignedIn = ({ token }: { token: string }) => {
  const { refusal, busy, attempt } = useAttempt();
  const join = async () => {
    if (await attempt(() => acceptInvitation({ token }))) enterConsole();
  };
  return (
    <>
      <Typography variant="body2">You are signed in as {currentSession()?.user.name}.</Typography>
      {refusal && <Alert severity="error">{refusal.message}</Alert>}
      <Button variant="contained" size="large" loading={busy} onClick={() => void join()}>
        Join
      </Button>
    </>
  );
};
