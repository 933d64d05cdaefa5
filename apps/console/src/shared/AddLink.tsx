import AddIcon from '@mui/icons-material/Add';
import { Button } from '@mui/material';
import { useCreatePath, useResourceContext } from 'react-admin';
import { Link } from 'react-router';

/** The way to the form for a new record; in its place on narrow screens too, where react-admin's covers the list. */
export const AddLink = ({ label }: { label: string }) => {
  const createPath = useCreatePath();
  const resource = useResourceContext();
  return (
    <Button component={Link} to={createPath({ resource, type: 'create' })} size="small" startIcon={<AddIcon />}>
      {label}
    </Button>
  );
};
