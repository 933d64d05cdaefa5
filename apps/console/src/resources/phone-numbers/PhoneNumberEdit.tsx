import { Edit, required, SelectInput, SimpleForm, TextArrayInput, TextInput, useRecordContext } from 'react-admin';
import { phoneNumberProviders, type PhoneNumberView } from '#contracts';
import { ClientInput } from '../../shared/ClientInput';
import { choicesOf, lifecycleLabels, providerLabels } from '../../shared/labels';
import { PageTitle } from '../../shared/PageTitle';
import { spaced } from '../../shared/phoneFormat';
import { SaveBar } from '../../shared/SaveBar';
import { useSaved } from '../../shared/useSaved';
import { RecordTimeline } from '../audit/RecordTimeline';

const Title = () => {
  const number = useRecordContext<PhoneNumberView>();
  return <PageTitle name={number && spaced(number.phoneNumber)} />;
};

const PhoneNumberEdit = () => (
  <Edit title={<Title />} mutationMode="pessimistic" mutationOptions={useSaved('The number is saved')}>
    <SimpleForm sx={{ maxWidth: 520 }} toolbar={<SaveBar />}>
      <TextInput source="label" fullWidth />
      <ClientInput hint="The customer of yours whose number it is" />
      <TextArrayInput source="tags" helperText="Press Enter after each tag" fullWidth />
      <SelectInput
        source="provider"
        choices={choicesOf(providerLabels, phoneNumberProviders)}
        validate={required()}
        fullWidth
      />
      <SelectInput
        source="lifecycle"
        label="State"
        choices={choicesOf(lifecycleLabels, ['active', 'inactive'])}
        helperText="An inactive number is refused by the call gate"
        fullWidth
      />
    </SimpleForm>
    <RecordTimeline />
  </Edit>
);

export default PhoneNumberEdit;
