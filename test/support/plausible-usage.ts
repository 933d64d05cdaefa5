import type { TestDatabase } from './database.js';
import { createAgent, createAssignment, createPhoneNumber } from './fixtures.js';
import { request } from './http.js';

const AGENTS = [
  { name: 'Amelia Hart', kind: 'human', calls: 41, limit: 60 },
  { name: 'Appointment reminders', kind: 'ai', calls: 168, limit: 200 },
  { name: 'Jonas Weber', kind: 'human', calls: 27, limit: 60 },
  { name: 'Lead qualification', kind: 'ai', calls: 152, limit: 150 },
  { name: 'Priya Nair', kind: 'human', calls: 33, limit: 60 },
] as const;
const DESTINATIONS = ['+14155550199', '+12125550147', '+14165550123', '+442071838750', '+19005551234'];

/** Agents that called today, through the gate, and in the two weeks before: what the picture in the README shows. */
export async function addPlausibleUsage(db: TestDatabase, apiUrl: string, organizationId: string, apiKey: string) {
  for (const { name, kind, calls, limit } of AGENTS) {
    const agentId = await createAgent(db, { organizationId, name, kind });
    const phoneNumberId = await createPhoneNumber(db, { organizationId });
    const allowedCountries = ['US', 'CA'];
    await createAssignment(db, { organizationId, agentId, phoneNumberId, dailyLimit: limit, allowedCountries });
    await Promise.all(
      Array.from({ length: calls }, (_, call) =>
        request(`${apiUrl}/api/v1/call-gate/authorize`, {
          apiKey,
          body: { agentId, destination: DESTINATIONS[call % 19 < 17 ? call % 3 : (call % 19) - 14] },
        }),
      ),
    );
    await db.query(
      `insert into usage_daily (organization_id, local_date, agent_id, phone_number_id, calls_allowed, calls_denied)
       select $1, (ringfence_clock() at time zone 'UTC')::date - day, $2, $3,
         (case when extract(isodow from (ringfence_clock() at time zone 'UTC')::date - day) > 5 then 0.2 else 0.8 end
           * $4 * (0.85 + 0.15 * sin(day * 2.1)))::integer, $4 / 12 + day % 4
       from generate_series(1, 14) day`,
      [organizationId, agentId, phoneNumberId, limit],
    );
  }
  // Days that are rolled up take their refusals from there, the others from the ledger.
  await db.query(
    `update organizations set last_rollup_date = (ringfence_clock() at time zone 'UTC')::date - 1 where id = $1`,
    [organizationId],
  );
}
