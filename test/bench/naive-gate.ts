import pg from 'pg';
import { parseDestination } from '#phone';

interface Call {
  agentId: string;
  destination: string;
}

/**
 * SELECT, check, UPDATE, INSERT in one transaction for each call: correct, as its row lock comes first, and what most
 * would write. It checks less than the gate does and has no row-level security, which favours it.
 */
export function naiveGate(databaseUrl: string) {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 16 });

  async function authorize(call: Call): Promise<{ allowed: boolean }> {
    const destination = parseDestination(call.destination);
    const client = await pool.connect();
    try {
      await client.query('begin');
      const matches = await client.query<Record<string, never>>({
        name: 'naive_select',
        text: `select a.organization_id, a.id, a.daily_limit, a.calls_made_today, a.phone_number_id, n.e164, n.provider,
            coalesce(a.allowed_countries, o.default_allowed_countries) as countries,
            (now() at time zone o.time_zone)::date as day
          from agent_phone_numbers a
          join organizations o on o.id = a.organization_id
          join phone_numbers n on n.id = a.phone_number_id
          where a.agent_id = $1 and a.ended_at is null
          for no key update of a`,
        values: [call.agentId],
      });
      const row = matches.rows[0] as unknown as {
        organization_id: string;
        id: string;
        daily_limit: number;
        calls_made_today: number;
        phone_number_id: string;
        e164: string;
        provider: string;
        countries: string[];
        day: Date;
      };
      const allowed = row.calls_made_today < row.daily_limit && row.countries.includes(String(destination.countryCode));
      if (allowed) {
        await client.query({
          name: 'naive_update',
          text: 'update agent_phone_numbers set calls_made_today = calls_made_today + 1 where organization_id = $1 and id = $2',
          values: [row.organization_id, row.id],
        });
      }
      await client.query({
        name: 'naive_insert',
        text: `insert into call_authorizations (organization_id, id, assignment_id, agent_id, phone_number_id, from_number,
            provider, destination, destination_country, destination_type, decision, reason_code, local_date, used_after,
            limit_at, status, authorized_by, decided_at, resets_at, expires_at)
          values ($1, uuidv7(), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $1, now(), now(), now())`,
        values: [
          row.organization_id,
          row.id,
          call.agentId,
          row.phone_number_id,
          row.e164,
          row.provider,
          call.destination,
          destination.countryCode,
          destination.type,
          allowed ? 'allowed' : 'denied',
          allowed ? 'allowed' : 'country_not_allowed',
          row.day,
          row.calls_made_today + 1,
          row.daily_limit,
          allowed ? 'authorized' : 'denied',
        ],
      });
      await client.query('commit');
      return { allowed };
    } catch (error) {
      await client.query('rollback');
      throw error;
    } finally {
      client.release();
    }
  }

  return { authorize, close: () => pool.end() };
}
