import EditIcon from '@mui/icons-material/EditOutlined';
import { Button } from '@mui/material';
import { type Identifier, useCreatePath, useResourceContext } from 'react-admin';
import { Link } from 'react-router';

export const EditLink = ({ id, name }: { id: Identifier; name: string }) => {
  const createPath = useCreatePath();
  const resource = useResourceContext();
  return (
    <Button
      component={Link}
      to={createPath({ resource, type: 'edit', id })}
      size="small"
      startIcon={<EditIcon />}
      aria-label={`Edit ${name}`}
    >
      Edit
    </Button>
  );
};
