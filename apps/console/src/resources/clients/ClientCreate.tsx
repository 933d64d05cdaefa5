import { Create, required, SimpleForm, TextInput } from 'react-admin';
import { PageTitle } from '../../shared/PageTitle';

const ClientCreate = () => (
  <Create title={<PageTitle name="Add a client" />} redirect="list">
    <SimpleForm>
      <TextInput source="name" validate={required()} />
    </SimpleForm>
  </Create>
);

export default ClientCreate;
