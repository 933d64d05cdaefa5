import { useMemo, useState } from 'react';
import type { ImportOperation, PhoneNumberProvider, UploadColumn } from '#contracts';
import { type ColumnChoices, layOut } from './uploadLayout';
import { useUpload } from './useUpload';
import { useUploadSource } from './useUploadSource';

const NO_CHOICES: ColumnChoices = new Map();

/** What the dialog holds. Whatever is changed makes the outcome of the last check or upload go away. */
export function useUploadForm() {
  const source = useUploadSource();
  const upload = useUpload();
  const [choices, setChoices] = useState(NO_CHOICES);
  const [operation, setOperation] = useState<ImportOperation>('register');
  const [country, setCountry] = useState<string | null>(null);
  const [provider, setProvider] = useState<PhoneNumberProvider | null>(null);
  const [changes, setChanges] = useState(false);
  const { file, text, head, encoding } = source;
  const [lacksPlus, setLacksPlus] = useState(false);
  const { forget, setProblem } = upload;
  const layout = useMemo(
    () => head && layOut(head, choices, provider, operation),
    [head, choices, provider, operation],
  );
  const isBusy = upload.busy !== null;

  const take = async ([chosen, another]: readonly File[]) => {
    if (!chosen || isBusy) return;
    forget();
    if (another) {
      setProblem('These are several files. Upload them one after the other.');
      return;
    }
    try {
      await source.take(chosen);
      setChoices(NO_CHOICES);
    } catch {
      setProblem(`${chosen.name} could not be read. Choose it again, or another file.`);
    }
  };
  const removeFile = () => {
    source.removeFile();
    setChoices(NO_CHOICES);
    forget();
  };
  /** Sets something, and forgets the outcome. */
  const anew =
    <T>(set: (value: T) => void) =>
    (value: T) => {
      set(value);
      forget();
    };
  /** The columns may have other names then. */
  const setEncoding = async (chosen: string | null) => {
    forget();
    try {
      await source.readAs(chosen);
      setChoices(NO_CHOICES);
    } catch {
      setProblem(`${file?.name ?? 'The file'} could not be read. Choose it again, or another file.`);
    }
  };
  const send = (dryRun: boolean) =>
    upload.send(file ?? text, {
      dryRun,
      operation,
      mode: operation !== 'register' ? undefined : changes ? 'upsert' : 'create',
      country: country ?? undefined,
      numberFormat: lacksPlus ? 'e164_without_plus' : undefined,
      provider: provider ?? undefined,
      encoding: encoding ?? undefined,
      mapping: layout?.mapping,
    });

  return {
    ...{
      file,
      text,
      head,
      layout,
      operation,
      country,
      provider,
      lacksPlus,
      encoding,
      changes,
      upload,
      isBusy,
      take,
      removeFile,
    },
    send,
    setEncoding,
    setProvider: anew(setProvider),
    isReady: !source.isEmpty && !isBusy && upload.result?.dryRun !== false && !layout?.problems.length,
    setText: anew(source.setText),
    /** Other columns matter to it, so that what was chosen for them is forgotten. */
    setOperation: (chosen: ImportOperation) => {
      setChoices(NO_CHOICES);
      anew(setOperation)(chosen);
    },
    setCountry: anew(setCountry),
    setLacksPlus: anew(setLacksPlus),
    setChanges: anew(setChanges),
    chooseColumn: (name: string, column: UploadColumn | null) => anew(setChoices)(new Map(choices).set(name, column)),
  };
}

export type UploadForm = ReturnType<typeof useUploadForm>;
