import { Edit, required, SelectInput, SimpleForm, TextInput, useRecordContext } from 'react-admin';
import type { UserView } from '#contracts';
import { ClientLimit } from './ClientLimit';
import { toUser } from './toUser';
import { choicesOf, roleLabels } from '../../shared/labels';
import { PageTitle } from '../../shared/PageTitle';
import { SaveBar } from '../../shared/SaveBar';
import { useSaved } from '../../shared/useSaved';

const Title = () => <PageTitle name={useRecordContext<UserView>()?.name} />;

const UserEdit = () => (
  <Edit transform={toUser} title={<Title />} mutationMode="pessimistic" mutationOptions={useSaved('The user is saved')}>
    <SimpleForm sx={{ maxWidth: 520 }} toolbar={<SaveBar />}>
      <TextInput source="name" validate={required()} fullWidth />
      <SelectInput source="role" choices={choicesOf(roleLabels)} validate={required()} fullWidth />
      <ClientLimit />
    </SimpleForm>
  </Edit>
);

export default UserEdit;
