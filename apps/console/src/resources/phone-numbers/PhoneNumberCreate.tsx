import { Create, required, SelectInput, SimpleForm, TextInput } from 'react-admin';
import { phoneNumberProviders } from '#contracts';
import { countryChoices } from '../../shared/countries';
import { choicesOf, providerLabels } from '../../shared/labels';

const PhoneNumberCreate = () => (
  <Create title="Add a number" redirect="list">
    <SimpleForm sanitizeEmptyValues sx={{ maxWidth: 520 }}>
      <TextInput
        source="phoneNumber"
        label="Phone number"
        validate={required()}
        helperText="E.164, such as +12025550123; or as written in the country that you choose below"
        fullWidth
      />
      <SelectInput
        source="provider"
        choices={choicesOf(providerLabels, phoneNumberProviders)}
        validate={required()}
        fullWidth
      />
      <SelectInput
        source="countryCode"
        label="Country"
        choices={countryChoices}
        helperText="Only needed without +"
        fullWidth
      />
      <TextInput source="label" fullWidth />
    </SimpleForm>
  </Create>
);

export default PhoneNumberCreate;
