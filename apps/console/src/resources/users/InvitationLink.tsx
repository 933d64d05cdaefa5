import CopyIcon from '@mui/icons-material/ContentCopy';
import { Alert, Box, Button, Stack, TextField, Typography } from '@mui/material';
import type { NewInvitationView } from '#contracts';
import { formatDateTime } from '../../shared/formatDateTime';
import { useCopy } from '../../shared/useCopy';

/** The one time that a link is seen. */
export const InvitationLink = ({ invitation }: { invitation: NewInvitationView }) => {
  const copy = useCopy();
  const { email, expiresAt } = invitation;
  const link = new URL(invitation.link, window.location.origin).href;
  return (
    <Stack spacing={2} sx={{ pt: 1 }}>
      <Typography variant="body2" sx={{ overflowWrap: 'anywhere' }}>
        Send this link to <strong>{email}</strong>. Whoever opens it first can accept for them, so send it to nobody
        else.
      </Typography>
      <TextField
        label="Link"
        value={link}
        multiline
        slotProps={{ input: { readOnly: true, sx: { fontFamily: 'ui-monospace, monospace', wordBreak: 'break-all' } } }}
        onFocus={(event) => event.target.select()}
      />
      <Box>
        <Button variant="contained" startIcon={<CopyIcon />} onClick={() => void copy(link, 'The link')}>
          Copy
        </Button>
      </Box>
      <Alert severity="warning">
        The link is shown only now. It can be used once, until {formatDateTime(expiresAt)}; a new one can be made at any
        time.
      </Alert>
    </Stack>
  );
};
