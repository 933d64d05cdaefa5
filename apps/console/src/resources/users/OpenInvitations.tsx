import MailIcon from '@mui/icons-material/MailOutlined';
import SendIcon from '@mui/icons-material/SendOutlined';
import { Box, Button, Card, Dialog, DialogActions, DialogContent, DialogTitle, Stack, Typography } from '@mui/material';
import { useState } from 'react';
import { useGetList } from 'react-admin';
import type { InvitationView, NewInvitationView } from '#contracts';
import { ConfirmButton } from '../../shared/ConfirmButton';
import { LoadProblem } from '../../shared/LoadProblem';
import { formatDateTime } from '../../shared/formatDateTime';
import { StateChip } from '../../shared/StateChip';
import { useVerb } from '../../shared/useVerb';
import { InvitationLink } from './InvitationLink';
import { roleOf } from './roleOf';

const SHOWN = 100;

/** Who was invited and has not accepted yet; nothing at all when there are none. */
export const OpenInvitations = () => {
  const { data, total, error, refetch } = useGetList<InvitationView>('invitations', {
    filter: { status: ['pending', 'expired'] },
    pagination: { page: 1, perPage: SHOWN },
    sort: { field: 'createdAt', order: 'DESC' },
  });
  const [renewed, setRenewed] = useState<NewInvitationView | null>(null);
  if (error) return <LoadProblem error={error} onRetry={() => void refetch()} />;
  if (!data || data.length === 0) return null;
  return (
    <Card component="section" aria-labelledby="invitations-title" sx={{ mt: { xs: 1, sm: 2 }, mb: 1 }}>
      <Typography
        id="invitations-title"
        variant="subtitle2"
        component="h2"
        sx={{ px: 2, pt: 1.5, pb: 1, display: 'flex', alignItems: 'center', gap: 1 }}
      >
        <MailIcon fontSize="small" color="primary" />
        Invited, not a member yet
      </Typography>
      <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0 }}>
        {data.map((invitation) => (
          <OpenInvitation key={invitation.id} invitation={invitation} onRenewed={setRenewed} />
        ))}
      </Box>
      {(total ?? 0) > data.length && (
        <Typography variant="body2" color="textSecondary" sx={{ px: 2, py: 1.5, borderTop: 1, borderColor: 'divider' }}>
          And {(total ?? 0) - data.length} more, made earlier.
        </Typography>
      )}
      {renewed && (
        <Dialog open fullWidth maxWidth="sm" aria-labelledby="renewed-title">
          <DialogTitle id="renewed-title">A new link</DialogTitle>
          <DialogContent>
            <InvitationLink invitation={renewed} />
          </DialogContent>
          <DialogActions>
            <Button onClick={() => setRenewed(null)}>Done</Button>
          </DialogActions>
        </Dialog>
      )}
    </Card>
  );
};

interface OpenInvitationProps {
  invitation: InvitationView;
  onRenewed: (renewed: NewInvitationView) => void;
}

const OpenInvitation = ({ invitation, onRenewed }: OpenInvitationProps) => (
  <Box
    component="li"
    sx={{
      display: 'flex',
      flexDirection: { xs: 'column', sm: 'row' },
      alignItems: { sm: 'center' },
      columnGap: 2,
      rowGap: 0.5,
      px: 2,
      py: 1,
      borderTop: 1,
      borderColor: 'divider',
    }}
  >
    <Box sx={{ flexGrow: 1, minWidth: 0 }}>
      <Typography variant="body2" sx={{ overflowWrap: 'anywhere', fontWeight: 500 }}>
        {invitation.email}
      </Typography>
      <Typography variant="body2" color="textSecondary" sx={{ overflowWrap: 'anywhere' }}>
        {[roleOf(invitation), invitation.invitedByName && `invited by ${invitation.invitedByName}`]
          .filter(Boolean)
          .join(', ')}
      </Typography>
    </Box>
    {invitation.status === 'expired' ? (
      <Box>
        <StateChip label="Expired" color="warning" />
      </Box>
    ) : (
      <Typography variant="body2" color="textSecondary" sx={{ whiteSpace: 'nowrap' }}>
        until {formatDateTime(invitation.expiresAt)}
      </Typography>
    )}
    <InvitationActions invitation={invitation} onRenewed={onRenewed} />
  </Box>
);

const InvitationActions = ({ invitation, onRenewed }: OpenInvitationProps) => {
  const { id, email } = invitation;
  const [run, busy] = useVerb();
  const resend = () =>
    run(async (api) => onRenewed(await api.resendInvitation(id)), 'The old link opens nothing any more');
  return (
    <Stack direction="row" spacing={0.5} sx={{ ml: { xs: -0.75, sm: 0 } }}>
      <ConfirmButton
        label="New link"
        description={`New link for ${email}`}
        icon={<SendIcon />}
        title={`A new link for ${email}?`}
        content="The link that they have opens nothing any more. The new one can be used for seven days."
        busy={busy}
        onConfirm={() => void resend()}
      />
      <ConfirmButton
        label="Revoke"
        description={`Revoke the invitation of ${email}`}
        color="error"
        title={`Revoke the invitation of ${email}?`}
        content="The link that they have opens nothing any more. You can invite them again."
        busy={busy}
        onConfirm={() =>
          void run((api) => api.delete('invitations', { id, previousData: invitation }), 'The invitation is revoked')
        }
      />
    </Stack>
  );
};
