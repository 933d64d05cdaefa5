import { Alert, Autocomplete, Button, Card, CardContent, Stack, TextField, Typography } from '@mui/material';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useMemo, useState } from 'react';
import { type HttpError, useNotify } from 'react-admin';
import { currencyCodes, type OrganizationView } from '#contracts';
import { DailyLimitInput, isDailyLimit } from '../resources/agent-assignments/DailyLimitInput';
import { NumbersPerAgentInput } from './NumbersPerAgentInput';
import { isPoolQuota, PoolQuotaInput } from './PoolQuotaInput';
import { CountryPicker } from '../shared/CountryPicker';
import { useMay } from '../shared/permissions';
import { useApi } from '../shared/useApi';

/** Browsers know some zones by older names than the database: what is set already is always offered. */
const timeZonesWith = (current: string) => [...new Set(['UTC', ...Intl.supportedValuesOf('timeZone'), current])].sort();

const formatInZone = (at: string, timeZone: string) =>
  new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short', timeZone }).format(new Date(at));

export const SettingsForm = ({ organization }: { organization: OrganizationView }) => {
  const api = useApi();
  const notify = useNotify();
  const queryClient = useQueryClient();
  const [name, setName] = useState(organization.name);
  const [timeZone, setTimeZone] = useState(organization.timeZone);
  const [currency, setCurrency] = useState(organization.currency);
  const [limit, setLimit] = useState(String(organization.defaultDailyLimit));
  const [countries, setCountries] = useState(organization.defaultAllowedCountries);
  const [perAgent, setPerAgent] = useState(organization.numbersPerAgent);
  const [quota, setQuota] = useState(String(organization.poolQuota ?? ''));
  const isPlatformAdmin = useMay('platform:manage');
  const [busy, setBusy] = useState(false);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const timeZones = useMemo(() => timeZonesWith(organization.timeZone), [organization.timeZone]);
  const { previousTimeZone, timeZoneEffectiveAt } = organization;

  const save = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setErrors({});
    try {
      let saved = await api.updateOrganization({
        name: name.trim(),
        timeZone,
        currency,
        defaultDailyLimit: Number(limit),
        defaultAllowedCountries: countries,
        numbersPerAgent: perAgent,
      });
      if (saved.poolQuota !== null && isPlatformAdmin && Number(quota) !== saved.poolQuota) {
        saved = await api.setPoolQuota(saved.id, Number(quota));
      }
      queryClient.setQueryData(['organization'], saved);
      await queryClient.invalidateQueries();
      notify('The settings are saved', { type: 'success' });
    } catch (error) {
      const body = (error as HttpError).body as { errors?: Record<string, string> } | undefined;
      setErrors(body?.errors ?? {});
      notify(error instanceof Error ? error.message : 'That did not work. Try again.', { type: 'error' });
    } finally {
      setBusy(false);
    }
  };

  const isComplete = name.trim() !== '' && isDailyLimit(limit) && (quota === '' || isPoolQuota(quota));
  return (
    <Card>
      <CardContent component="form" onSubmit={(event) => void save(event as FormEvent)} noValidate>
        <Stack spacing={2.5}>
          <TextField
            label="Organization name"
            value={name}
            onChange={(event) => setName(event.target.value)}
            error={name.trim() === '' || Boolean(errors['name'])}
            helperText={name.trim() === '' ? 'An organization has a name' : errors['name']}
          />
          <Autocomplete
            options={timeZones}
            value={timeZone}
            disableClearable
            onChange={(_, chosen) => setTimeZone(chosen)}
            getOptionLabel={(zone) => zone.replaceAll('_', ' ')}
            renderInput={(props) => (
              <TextField
                {...props}
                label="Time zone"
                error={Boolean(errors['timeZone'])}
                helperText={errors['timeZone'] ?? 'Daily limits start anew at midnight of this zone'}
              />
            )}
          />
          {previousTimeZone && timeZoneEffectiveAt && (
            <Alert severity="info">
              Until {formatInZone(timeZoneEffectiveAt, previousTimeZone)} the day of{' '}
              {previousTimeZone.replaceAll('_', ' ')} still counts.
            </Alert>
          )}
          <Autocomplete
            options={[...new Set([...currencyCodes, organization.currency])]}
            value={currency}
            disableClearable
            onChange={(_, chosen) => setCurrency(chosen)}
            renderInput={(props) => (
              <TextField {...props} label="Currency" helperText="What numbers cost is shown in it" />
            )}
          />
          <NumbersPerAgentInput value={perAgent} onChange={setPerAgent} refusal={errors['numbersPerAgent']} />
          {organization.poolQuota !== null && (
            <PoolQuotaInput value={quota} onChange={setQuota} mayChange={isPlatformAdmin} />
          )}
          <Typography variant="h6" component="h2" sx={{ pt: 1 }}>
            What assignments start with
          </Typography>
          <DailyLimitInput label="Default daily limit" value={limit} onChange={setLimit} />
          <CountryPicker label="Default allowed countries" value={countries} onChange={setCountries} />
          <Typography variant="body2" color="textSecondary">
            The countries hold from the next call on for every assignment without countries of its own. The limit is
            what new assignments are offered.
          </Typography>
          <div>
            <Button type="submit" variant="contained" loading={busy} disabled={!isComplete}>
              Save settings
            </Button>
          </div>
        </Stack>
      </CardContent>
    </Card>
  );
};
