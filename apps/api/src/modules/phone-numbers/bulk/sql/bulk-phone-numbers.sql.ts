/** Adds tags ($3) behind those that the numbers ($2) have; nothing stands there twice. $1 organization. */
export const BULK_TAG = `
  update phone_numbers n
  set tags = n.tags || array(select t.tag from unnest($3::text[]) with ordinality t(tag, i)
    where t.tag <> all (n.tags) order by t.i)
  where n.organization_id = $1 and n.id = any ($2::uuid[])`;

/** Takes tags ($3) off numbers ($2); the others keep their order. $1 organization. */
export const BULK_UNTAG = `
  update phone_numbers n
  set tags = array(select t.tag from unnest(n.tags) with ordinality t(tag, i)
    where t.tag <> all ($3::text[]) order by t.i)
  where n.organization_id = $1 and n.id = any ($2::uuid[])`;

/** $1 organization, $2 ids, $3 lifecycle. The rows of live assignments follow by a trigger. */
export const BULK_LIFECYCLE = `
  update phone_numbers set lifecycle = $3 where organization_id = $1 and id = any ($2::uuid[])`;

/** Row-level security leaves the own numbers and the pool's. A subselect of one row is always an index look-up. $1 numbers */
export const IDS_OF_NUMBERS = `
  select n.id from unnest($1::text[]) as i(e164)
  cross join lateral (
    select n.id from phone_numbers n where n.e164 = i.e164 and n.lifecycle <> 'released' limit 1
  ) n`;
