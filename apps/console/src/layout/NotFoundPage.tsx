import { Button } from '@mui/material';
import { Title } from 'react-admin';
import { Link } from 'react-router';
import { EmptyState } from '../shared/EmptyState';
import { PageTitle } from '../shared/PageTitle';

export const NotFoundPage = () => (
  <>
    <Title title={<PageTitle name="Not found" />} />
    <EmptyState title="There is no such page" hint="The address is wrong, or you may not open what is there.">
      <Button component={Link} to="/" variant="outlined">
        Go to the first page
      </Button>
    </EmptyState>
  </>
);
