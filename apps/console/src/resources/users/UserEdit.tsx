import { Typography } from '@mui/material';
import { Edit, required, SelectInput, SimpleForm, useRecordContext } from 'react-admin';
import type { UserView } from '#contracts';
import { ClientLimit } from './ClientLimit';
import { toUser } from './toUser';
import { choicesOf, roleLabels } from '../../shared/labels';
import { PageTitle } from '../../shared/PageTitle';
import { SaveBar } from '../../shared/SaveBar';
import { useSaved } from '../../shared/useSaved';

const Title = () => <PageTitle name={useRecordContext<UserView>()?.name} />;

/** Who it is. Their name is their own to change. */
const Email = () => (
  <Typography variant="body2" color="textSecondary" sx={{ mb: 2, overflowWrap: 'anywhere' }}>
    {useRecordContext<UserView>()?.email}
  </Typography>
);

const UserEdit = () => (
  <Edit transform={toUser} title={<Title />} mutationMode="pessimistic" mutationOptions={useSaved('The user is saved')}>
    <SimpleForm sx={{ maxWidth: 520 }} toolbar={<SaveBar />}>
      <Email />
      <SelectInput source="role" choices={choicesOf(roleLabels)} validate={required()} fullWidth />
      <ClientLimit />
    </SimpleForm>
  </Edit>
);

export default UserEdit;
