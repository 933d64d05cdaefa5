import { Alert, Button } from '@mui/material';
import { useListContext } from 'react-admin';

/** Says why something could not be loaded, and offers to try again. */
export const LoadProblem = ({ error, onRetry }: { error: unknown; onRetry: () => void }) => (
  <Alert
    severity="error"
    sx={{ my: 2 }}
    action={
      <Button color="inherit" size="small" onClick={onRetry}>
        Try again
      </Button>
    }
  >
    {error instanceof Error && error.message ? error.message : 'This could not be loaded.'}
  </Alert>
);

/** The same for a list of react-admin. */
export const ListProblem = () => {
  const { error, refetch } = useListContext();
  return <LoadProblem error={error} onRetry={() => void refetch()} />;
};
