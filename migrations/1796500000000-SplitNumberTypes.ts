import type { MigrationInterface, QueryRunner } from 'typeorm';
import { rewriteFunction } from './rewrite-function.js';

/**
 * Numbers of no country have the type of their ITU-T country code instead of one type for all of them, and every type
 * that fraud pays out on is denied unless an assignment names it. docs/adr/0018-risky-number-types.md says why.
 *
 * What assignments allow is converted so that none allows more than before. NON_GEOGRAPHIC becomes UNIVERSAL_TOLL_FREE,
 * the one type that stands for nothing else. PREMIUM_RATE and SHARED_COST now reach +979 and +808 as well: they stay
 * where NON_GEOGRAPHIC had opened these, and have to be allowed anew elsewhere.
 */
export class SplitNumberTypes1796500000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      -- The owner of a table is held to its policies too, and would find no row.
      alter table agent_phone_numbers no force row level security;
      update agent_phone_numbers set allowed_number_types =
        case when 'NON_GEOGRAPHIC' = any (allowed_number_types)
          then array(
            select t from unnest(allowed_number_types) t where t in ('PREMIUM_RATE', 'SHARED_COST')
            union all select 'UNIVERSAL_TOLL_FREE')
          else '{}' end
      where allowed_number_types <> '{}';
      alter table agent_phone_numbers force row level security;
      alter table agent_phone_numbers add constraint allowed_number_types_are_restricted check (
        allowed_number_types <@ array['PREMIUM_RATE', 'SHARED_COST', 'PERSONAL_NUMBER', 'PAGER', 'UAN', 'VOICEMAIL',
          'SATELLITE', 'UNIVERSAL_TOLL_FREE', 'INTERNATIONAL_NETWORK']);

      alter table phone_numbers no force row level security;
      update phone_numbers set number_type = case
          when e164 ~ '^[+]800' then 'UNIVERSAL_TOLL_FREE'
          when e164 ~ '^[+]808' then 'SHARED_COST'
          when e164 ~ '^[+]878' then 'PERSONAL_NUMBER'
          when e164 ~ '^[+]979' then 'PREMIUM_RATE'
          when e164 ~ '^[+](870|881|88213|88216)' then 'SATELLITE'
          else 'INTERNATIONAL_NETWORK'
        end
      where number_type = 'NON_GEOGRAPHIC';
      alter table phone_numbers force row level security;
    `);
    await queryRunner.query(DECIDE);
    await rewriteFunction(queryRunner, 'gate_choose', [{ from: "'destination_unroutable', ", to: '' }]);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await rewriteFunction(queryRunner, 'gate_choose', [
      {
        from: "'assignment_paused', 'number_inactive']",
        to: "'destination_unroutable', 'assignment_paused', 'number_inactive']",
      },
    ]);
    await queryRunner.query(DECIDE_BEFORE);
    await queryRunner.query(`
      alter table agent_phone_numbers drop constraint allowed_number_types_are_restricted;
      alter table agent_phone_numbers no force row level security;
      update agent_phone_numbers set allowed_number_types =
        array(select t from unnest(allowed_number_types) t where t in ('PREMIUM_RATE', 'SHARED_COST'))
      where allowed_number_types <> '{}';
      alter table agent_phone_numbers force row level security;
      alter table phone_numbers no force row level security;
      update phone_numbers set number_type = 'NON_GEOGRAPHIC'
      where country_code is null and number_type <> 'NON_GEOGRAPHIC';
      alter table phone_numbers force row level security;
    `);
  }
}

/**
 * The ordinary types are listed and not the restricted ones, so that a type that this function has never heard of, or
 * none at all, is denied. Only restricted types have numbers of no country: with the type allowed there is no country
 * to ask for.
 */
const DECIDE = decideCall(`
        when destination_type in ('FIXED_LINE', 'MOBILE', 'FIXED_LINE_OR_MOBILE', 'TOLL_FREE', 'VOIP') then
          case when destination_country = any (allowed_countries) then null else 'country_not_allowed' end
        when (destination_type = any (allowed_number_types)) is not true then 'number_type_blocked'
        when destination_country is null or destination_country = any (allowed_countries) then null
        else 'country_not_allowed'`);

const DECIDE_BEFORE = decideCall(`
        when destination_type = 'NON_GEOGRAPHIC' then
          case when destination_type = any (allowed_number_types) then null else 'destination_unroutable' end
        when destination_type in ('PREMIUM_RATE', 'SHARED_COST')
          and not destination_type = any (allowed_number_types) then 'number_type_blocked'
        when destination_country is null or not destination_country = any (allowed_countries) then 'country_not_allowed'`);

function decideCall(destinationChecks: string): string {
  return `
    create or replace function decide_call(
      destination_refusal text, organization_suspended boolean, agent_active boolean, number_active boolean,
      assignment_paused boolean, destination_country text, destination_type text, allowed_countries text[],
      allowed_number_types text[]
    ) returns text language sql immutable parallel safe as $$
      select case
        when destination_refusal is not null then destination_refusal
        when organization_suspended then 'organization_suspended'
        when not agent_active then 'agent_inactive'
        when not number_active then 'number_inactive'
        when assignment_paused then 'assignment_paused'${destinationChecks}
      end
    $$;`;
}
