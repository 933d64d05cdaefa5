import { Create, email, minLength, PasswordInput, required, SelectInput, SimpleForm, TextInput } from 'react-admin';
import { ClientLimit } from './ClientLimit';
import { toUser } from './toUser';
import { choicesOf, roleLabels } from '../../shared/labels';
import { PageTitle } from '../../shared/PageTitle';
import { useSaved } from '../../shared/useSaved';

const PASSWORD_LENGTH = 12;

const UserCreate = () => (
  <Create transform={toUser} title={<PageTitle name="Add a user" />} mutationOptions={useSaved('The user is added')}>
    <SimpleForm sanitizeEmptyValues sx={{ maxWidth: 520 }} defaultValues={{ role: 'manager' }}>
      <TextInput source="email" label="E-mail" type="email" validate={[required(), email()]} fullWidth />
      <SelectInput source="role" choices={choicesOf(roleLabels)} validate={required()} fullWidth />
      <ClientLimit />
      <TextInput source="name" helperText="Not needed for somebody who has an account already" fullWidth />
      <PasswordInput
        source="password"
        label="First password"
        validate={minLength(PASSWORD_LENGTH)}
        helperText={`At least ${PASSWORD_LENGTH} characters. Not needed for somebody who has an account already`}
        autoComplete="new-password"
        fullWidth
      />
    </SimpleForm>
  </Create>
);

export default UserCreate;
