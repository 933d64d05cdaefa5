import { useNotify, useRedirect, useResourceContext } from 'react-admin';

/** What follows a saved form: a toast in the words of the screen, and the list. */
export function useSaved(done: string): { onSuccess: () => void } {
  const notify = useNotify();
  const redirect = useRedirect();
  const resource = useResourceContext();
  return {
    onSuccess: () => {
      notify(done, { type: 'success' });
      redirect('list', resource);
    },
  };
}
