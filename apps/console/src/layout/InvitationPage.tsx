import { Alert, Button, CircularProgress, Link, Stack, Typography } from '@mui/material';
import { useEffect, useState } from 'react';
import { Link as RouterLink, useNavigate, useParams } from 'react-router';
import type { InvitationPreviewView } from '#contracts';
import { ApiProblem, currentSession, previewInvitation, refreshSession, signOut } from '../providers/session';
import { roleLabels } from '../shared/labels';
import { formatDateTime } from '../shared/formatDateTime';
import { PageTitle } from '../shared/PageTitle';
import { JoinAsSignedIn } from './JoinAsSignedIn';
import { JoinForm } from './JoinForm';
import { PublicCard } from './PublicCard';

type Looked =
  | { kind: 'looking' }
  | { kind: 'invalid'; message: string; mayRetry: boolean }
  | { kind: 'found'; invitation: InvitationPreviewView; signedInAs: string | null };

/**
 * Where a link leads. The token stands behind the `#`, so it is in no request line and no log; it is taken out of the
 * address at once, so that it stays in no history and on no screen that is shown to others.
 */
const InvitationPage = () => {
  const token = useTokenOfAddress();
  const [looked, look] = useLook(token);
  if (looked.kind === 'looking') {
    return (
      <PublicCard>
        <CircularProgress aria-label="Looking at the invitation" sx={{ alignSelf: 'center' }} />
      </PublicCard>
    );
  }
  if (looked.kind === 'invalid') {
    return (
      <PublicCard>
        <Typography variant="h6" component="h1">
          <PageTitle name="Invitation" />
        </Typography>
        <Alert severity="error">{looked.message}</Alert>
        {looked.mayRetry && <Button onClick={look}>Try again</Button>}
        <Link component={RouterLink} to="/" variant="body2">
          Go to the console
        </Link>
      </PublicCard>
    );
  }
  const { invitation, signedInAs } = looked;
  return (
    <PublicCard>
      <Stack spacing={0.5}>
        <Typography variant="h6" component="h1" sx={{ overflowWrap: 'anywhere' }}>
          <PageTitle name={`Join ${invitation.organizationName}`} />
        </Typography>
        <Typography variant="body2" color="textSecondary" sx={{ overflowWrap: 'anywhere' }}>
          {invitation.email} is invited as {roleLabels[invitation.role].toLowerCase()}, until{' '}
          {formatDateTime(invitation.expiresAt)}.
        </Typography>
      </Stack>
      {signedInAs === null && <JoinForm token={token} />}
      {signedInAs === invitation.email && <JoinAsSignedIn token={token} />}
      {signedInAs !== null && signedInAs !== invitation.email && (
        <>
          <Alert severity="info" sx={{ overflowWrap: 'anywhere' }}>
            You are signed in as {signedInAs}. Sign out to accept this invitation for {invitation.email}.
          </Alert>
          <Button variant="contained" size="large" onClick={() => void signOut().then(look)}>
            Sign out
          </Button>
        </>
      )}
    </PublicCard>
  );
};

export default InvitationPage;

/** Kept in memory alone. */
function useTokenOfAddress(): string {
  const { token: tokenOfAddress } = useParams();
  const navigate = useNavigate();
  const [token, setToken] = useState(tokenOfAddress ?? '');
  useEffect(() => {
    if (tokenOfAddress === undefined) return;
    setToken(tokenOfAddress);
    void navigate('/invitation', { replace: true });
  }, [tokenOfAddress, navigate]);
  return token;
}

/** Looks what the token is for, and who is signed in here; again when asked to. */
function useLook(token: string): [Looked, () => void] {
  const [looked, setLooked] = useState<Looked>({ kind: 'looking' });
  const [times, setTimes] = useState(0);
  useEffect(() => {
    let isCurrent = true;
    void lookAt(token).then((resolved) => isCurrent && setLooked(resolved));
    return () => {
      isCurrent = false;
    };
  }, [token, times]);
  return [looked, () => setTimes((before) => before + 1)];
}

async function lookAt(token: string): Promise<Looked> {
  if (token === '') {
    const message = 'The address holds no invitation (any more). Open the link once more, as it was sent to you.';
    return { kind: 'invalid', message, mayRetry: false };
  }
  try {
    const invitation = await previewInvitation(token);
    const session = currentSession() ?? (await refreshSession());
    return { kind: 'found', invitation, signedInAs: session?.user.email.toLowerCase() ?? null };
  } catch (error) {
    const isRefusal = error instanceof ApiProblem && error.status < 500;
    const message = error instanceof ApiProblem ? error.message : 'The server could not be reached.';
    return { kind: 'invalid', message, mayRetry: !isRefusal };
  }
}
