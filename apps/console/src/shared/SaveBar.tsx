import { SaveButton, Toolbar } from 'react-admin';

/** A form's bar without deletion: deleting asks its own question, in the list. */
export const SaveBar = () => (
  <Toolbar>
    <SaveButton />
  </Toolbar>
);
