import { useMemo, useState } from 'react';
import type { ImportOperation, PhoneNumberProvider, UploadColumn } from '#contracts';
import { type ColumnChoices, layOut } from './uploadLayout';
import { useUpload } from './useUpload';
import { useUploadSource } from './useUploadSource';

const NO_CHOICES: ColumnChoices = new Map();
const ONE_BY_ONE = 'These are several files. Upload them one after the other.';
const unread = (name: string) => `${name} could not be read. Choose it again, or another file.`;

/** What is said about the file, beside the file itself. */
function useUploadChoices() {
  const [columns, setColumns] = useState(NO_CHOICES);
  const [operation, setOperation] = useState<ImportOperation>('register');
  const [country, setCountry] = useState<string | null>(null);
  const [provider, setProvider] = useState<PhoneNumberProvider | null>(null);
  const [lacksPlus, setLacksPlus] = useState(false);
  const [changes, setChanges] = useState(false);
  return {
    ...{ columns, operation, country, provider, lacksPlus, changes },
    ...{ setColumns, setOperation, setCountry, setProvider, setLacksPlus, setChanges },
    forgetColumns: () => setColumns(NO_CHOICES),
  };
}

type Source = ReturnType<typeof useUploadSource>;
type Choices = ReturnType<typeof useUploadChoices>;
type Upload = ReturnType<typeof useUpload>;

/** Takes a file, takes it away, and reads it in another encoding: its columns may have other names then. */
function sourceActions(source: Source, { forgetColumns }: Choices, { busy, forget, setProblem }: Upload) {
  const reading = async (name: string, read: Promise<void>) => {
    try {
      await read;
      forgetColumns();
    } catch {
      setProblem(unread(name));
    }
  };
  return {
    take: async ([chosen, another]: readonly File[]) => {
      if (!chosen || busy !== null) return;
      forget();
      if (another) setProblem(ONE_BY_ONE);
      else await reading(chosen.name, source.take(chosen));
    },
    removeFile: () => {
      source.removeFile();
      forgetColumns();
      forget();
    },
    setEncoding: async (chosen: string | null) => {
      forget();
      await reading(source.file?.name ?? 'The file', source.readAs(chosen));
    },
  };
}

/** What the dialog holds. Whatever is changed makes the outcome of the last check or upload go away. */
export function useUploadForm() {
  const source = useUploadSource();
  const upload = useUpload();
  const choices = useUploadChoices();
  const { file, text, head, encoding } = source;
  const { columns, operation, country, provider, lacksPlus, changes } = choices;
  const layout = useMemo(
    () => head && layOut(head, columns, provider, operation),
    [head, columns, provider, operation],
  );
  const isBusy = upload.busy !== null;
  /** Sets something, and forgets the outcome. */
  const anew =
    <T>(set: (value: T) => void) =>
    (value: T) => {
      set(value);
      upload.forget();
    };

  return {
    ...{ file, text, head, layout, operation, country, provider, lacksPlus, encoding, changes, upload, isBusy },
    ...sourceActions(source, choices, upload),
    send: (dryRun: boolean) =>
      upload.send(file ?? text, {
        dryRun,
        operation,
        mode: operation !== 'register' ? undefined : changes ? 'upsert' : 'create',
        country: country ?? undefined,
        numberFormat: lacksPlus ? 'e164_without_plus' : undefined,
        provider: provider ?? undefined,
        encoding: encoding ?? undefined,
        mapping: layout?.mapping,
      }),
    setProvider: anew(choices.setProvider),
    isReady: !source.isEmpty && !isBusy && upload.result?.dryRun !== false && !layout?.problems.length,
    setText: anew(source.setText),
    /** Other columns matter to it, so that what was chosen for them is forgotten. */
    setOperation: (chosen: ImportOperation) => {
      choices.forgetColumns();
      anew(choices.setOperation)(chosen);
    },
    setCountry: anew(choices.setCountry),
    setLacksPlus: anew(choices.setLacksPlus),
    setChanges: anew(choices.setChanges),
    chooseColumn: (name: string, column: UploadColumn | null) =>
      anew(choices.setColumns)(new Map(columns).set(name, column)),
  };
}

export type UploadForm = ReturnType<typeof useUploadForm>;
