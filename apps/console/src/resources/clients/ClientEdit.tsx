import { Edit, required, SaveButton, SimpleForm, TextInput, Toolbar } from 'react-admin';
import { PageTitle } from '../../shared/PageTitle';

const Bar = () => (
  <Toolbar>
    <SaveButton />
  </Toolbar>
);

const ClientEdit = () => (
  <Edit title={<PageTitle name="Client" />} mutationMode="pessimistic" redirect="list">
    <SimpleForm toolbar={<Bar />}>
      <TextInput source="name" validate={required()} />
    </SimpleForm>
  </Edit>
);

export default ClientEdit;
