import UploadIcon from '@mui/icons-material/UploadFile';
import { Button } from '@mui/material';
import { lazy, Suspense, useState } from 'react';

const BulkUploadDialog = lazy(() => import('./BulkUploadDialog'));

export const UploadButton = () => {
  const [uploading, setUploading] = useState(false);
  return (
    <>
      <Button size="small" startIcon={<UploadIcon />} onClick={() => setUploading(true)}>
        Bulk upload
      </Button>
      {uploading && (
        <Suspense fallback={null}>
          <BulkUploadDialog onClose={() => setUploading(false)} />
        </Suspense>
      )}
    </>
  );
};
