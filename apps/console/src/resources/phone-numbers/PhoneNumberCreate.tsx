import { AutocompleteInput, Create, required, SelectInput, SimpleForm, TextArrayInput, TextInput } from 'react-admin';
import { phoneNumberProviders } from '#contracts';
import { countryChoices } from '../../shared/countries';
import { ClientInput } from '../../shared/ClientInput';
import { choicesOf, providerLabels } from '../../shared/labels';
import { PageTitle } from '../../shared/PageTitle';
import { SaveBar } from '../../shared/SaveBar';
import { useSaved } from '../../shared/useSaved';

const PhoneNumberCreate = () => (
  <Create title={<PageTitle name="Add a number" />} mutationOptions={useSaved('The number is added')}>
    <SimpleForm sanitizeEmptyValues sx={{ maxWidth: 520 }} toolbar={<SaveBar />}>
      <TextInput
        source="phoneNumber"
        label="Phone number"
        type="tel"
        validate={required()}
        helperText="E.164, such as +12025550123; or as written in the country that you choose below"
        fullWidth
      />
      <AutocompleteInput
        source="countryCode"
        label="Country"
        choices={countryChoices}
        helperText="Only needed without +"
        fullWidth
      />
      <SelectInput
        source="provider"
        choices={choicesOf(providerLabels, phoneNumberProviders)}
        validate={required()}
        fullWidth
      />
      <TextInput source="label" fullWidth />
      <ClientInput hint="The customer of yours whose number it is" />
      <TextArrayInput source="tags" helperText="Press Enter after each tag" fullWidth />
    </SimpleForm>
  </Create>
);

export default PhoneNumberCreate;
