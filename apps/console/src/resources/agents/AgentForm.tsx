import { required, SelectInput, SimpleForm, TextInput, type SimpleFormProps } from 'react-admin';
import { choicesOf, kindLabels } from '../../shared/labels';

export const AgentForm = (props: Omit<SimpleFormProps, 'children'>) => (
  <SimpleForm sx={{ maxWidth: 520 }} {...props}>
    <TextInput source="name" validate={required()} fullWidth />
    <SelectInput source="kind" choices={choicesOf(kindLabels)} validate={required()} fullWidth />
    <SelectInput
      source="status"
      choices={[
        { id: 'active', name: 'Active' },
        { id: 'inactive', name: 'Inactive' },
      ]}
      validate={required()}
      helperText="The call gate refuses the calls of an inactive agent"
      fullWidth
    />
  </SimpleForm>
);
