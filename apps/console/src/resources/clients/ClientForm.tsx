import { required, SimpleForm, TextInput } from 'react-admin';
import { SaveBar } from '../../shared/SaveBar';

export const ClientForm = () => (
  <SimpleForm sx={{ maxWidth: 520 }} toolbar={<SaveBar />}>
    <TextInput source="name" validate={required()} fullWidth />
  </SimpleForm>
);
