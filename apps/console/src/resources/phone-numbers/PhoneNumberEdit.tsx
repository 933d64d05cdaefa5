import { Edit, required, SelectInput, SimpleForm, TextInput, useRecordContext } from 'react-admin';
import { phoneNumberProviders, type PhoneNumberView } from '#contracts';
import { choicesOf, lifecycleLabels, providerLabels } from '../../shared/labels';
import { spaced } from '../../shared/PhoneNumberText';

const Title = () => {
  const number = useRecordContext<PhoneNumberView>();
  return <>{number ? spaced(number.phoneNumber) : 'Phone number'}</>;
};

const PhoneNumberEdit = () => (
  <Edit title={<Title />} mutationMode="pessimistic" redirect="list">
    <SimpleForm sx={{ maxWidth: 520 }}>
      <TextInput source="label" fullWidth />
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
  </Edit>
);

export default PhoneNumberEdit;
