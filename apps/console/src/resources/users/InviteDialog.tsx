import { Alert, Button, Dialog, DialogActions, DialogContent, DialogTitle } from '@mui/material';
import { useState } from 'react';
import { email, Form, required, SelectInput, TextInput, useGetIdentity, useRefresh } from 'react-admin';
import { type NewInvitationView, type Role, roles, type UserView } from '#contracts';
import type { Invitee } from '../../providers/dataProvider';
import { choicesOf, roleLabels } from '../../shared/labels';
import { fieldRefusal, useAttempt } from '../../shared/useAttempt';
import { ClientLimit } from './ClientLimit';
import { InvitationLink } from './InvitationLink';
import { toUser } from './toUser';
import { useApi } from '../../shared/useApi';

const FORM = 'invite';

/** Invites a person and shows the link the only time that it can be seen. */
export const InviteDialog = ({ onClose }: { onClose: () => void }) => {
  const api = useApi();
  const refresh = useRefresh();
  const [invitation, setInvitation] = useState<NewInvitationView | null>(null);
  const { refusal, busy, attempt } = useAttempt();
  const offered = useRolesToGive();

  const invite = (form: Partial<UserView>) =>
    attempt(async () => {
      setInvitation(await api.invite(toUser(form) as Invitee));
      refresh();
    });

  // A link that is shown once does not vanish by a click beside it.
  return (
    <Dialog open onClose={invitation ? undefined : onClose} fullWidth maxWidth="sm" aria-labelledby="invite-title">
      <DialogTitle id="invite-title">{invitation ? 'The invitation is made' : 'Invite a user'}</DialogTitle>
      <DialogContent sx={{ '&&': { pt: 1 } }}>
        {invitation ? (
          <InvitationLink invitation={invitation} />
        ) : (
          <Form id={FORM} onSubmit={(form: Partial<UserView>) => invite(form)} defaultValues={{ role: 'manager' }}>
            {refusal && (
              <Alert severity="error" sx={{ mb: 2 }}>
                {fieldRefusal(refusal, 'email', 'This person') ?? refusal.message}
              </Alert>
            )}
            <TextInput
              source="email"
              label="E-mail"
              type="email"
              validate={[required(), email()]}
              autoFocus
              fullWidth
            />
            <SelectInput source="role" choices={choicesOf(roleLabels, offered)} validate={required()} fullWidth />
            <ClientLimit />
          </Form>
        )}
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose}>{invitation ? 'Done' : 'Cancel'}</Button>
        {!invitation && (
          <Button type="submit" form={FORM} variant="contained" loading={busy}>
            Invite
          </Button>
        )}
      </DialogActions>
    </Dialog>
  );
};

/** Owners are invited by owners. */
function useRolesToGive(): Role[] {
  const { identity } = useGetIdentity();
  const mayGiveAll = identity?.['role'] === 'owner' || identity?.['platformAdmin'] === true;
  return roles.filter((role) => role !== 'owner' || mayGiveAll);
}
