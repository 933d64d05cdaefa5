/**
 * Figures of the own numbers, from the counters: a few hundred rows, however many numbers there are. Rows of a key are
 * summed before they are shown, for a row alone may be a difference. $1 organization, $2 facet and $3 its values: those of
 * the clients that the caller is limited to, or the one of all numbers.
 */
export const SUMMARIZE_PHONE_NUMBERS = `
  with c as materialized (
    select * from phone_number_counts where organization_id = $1 and facet = $2 and value = any ($3::text[])
  )
  select
    (select coalesce(sum(numbers), 0)::integer from c) as mine,
    (select coalesce(sum(numbers), 0)::integer from c where connected) as connected,
    (select coalesce(sum(numbers), 0)::integer from c where assigned) as assigned,
    (select coalesce(jsonb_agg(jsonb_build_object('countryCode', nullif(country_code, ''), 'numbers', numbers)
       order by numbers desc, country_code), '[]')
     from (select country_code, sum(numbers) as numbers from c group by 1 having sum(numbers) <> 0) s) as "byCountry",
    (select coalesce(jsonb_agg(jsonb_build_object('provider', provider, 'numbers', numbers)
       order by numbers desc, provider), '[]')
     from (select provider, sum(numbers) as numbers from c group by 1 having sum(numbers) <> 0) s) as "byProvider",
    (select coalesce(jsonb_agg(jsonb_build_object('currency', currency, 'amount', trim_scale(amount)::text)
       order by currency), '[]')
     from (select currency, sum(monthly_cost) as amount from c group by 1 having sum(monthly_cost) <> 0) s) as "monthlyCost"`;
