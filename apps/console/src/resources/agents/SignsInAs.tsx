import { FormDataConsumer, ReferenceInput, SelectInput } from 'react-admin';
import type { UserView } from '#contracts';

const MOST_USERS = 500;

/** The user that a human agent signs in as, to see its own numbers and to place its own calls. */
export const SignsInAs = () => (
  <FormDataConsumer>
    {({ formData }) =>
      formData['kind'] === 'human' && (
        <ReferenceInput source="userId" reference="users" perPage={MOST_USERS} sort={{ field: 'name', order: 'ASC' }}>
          <SelectInput
            label="Signs in as"
            optionText={(user: UserView) => `${user.name} (${user.email})`}
            helperText="Needed only when the person uses this console"
            fullWidth
          />
        </ReferenceInput>
      )
    }
  </FormDataConsumer>
);
