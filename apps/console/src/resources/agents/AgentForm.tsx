import { required, SelectInput, SimpleForm, TextInput, type SimpleFormProps } from 'react-admin';
import { agentStatuses } from '#contracts';
import { ClientInput } from '../../shared/ClientInput';
import { agentStatusLabels, choicesOf, kindLabels } from '../../shared/labels';
import { SaveBar } from '../../shared/SaveBar';
import { useMay } from '../../shared/permissions';
import { SignsInAs } from './SignsInAs';

export const AgentForm = (props: Omit<SimpleFormProps, 'children'>) => {
  const seesUsers = useMay('users:manage');
  return (
    <SimpleForm sx={{ maxWidth: 520 }} toolbar={<SaveBar />} {...props}>
      <TextInput source="name" validate={required()} fullWidth />
      <SelectInput source="kind" choices={choicesOf(kindLabels)} validate={required()} fullWidth />
      {seesUsers && <SignsInAs />}
      <ClientInput hint="The customer of yours that it calls for" />
      <SelectInput
        source="status"
        choices={choicesOf(agentStatusLabels, agentStatuses)}
        validate={required()}
        helperText="The call gate refuses the calls of an inactive agent"
        fullWidth
      />
    </SimpleForm>
  );
};
