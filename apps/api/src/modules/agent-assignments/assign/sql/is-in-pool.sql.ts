/** Whether the number ($1) is in the pool, where every organization sees it and none may write it. */
export const IS_IN_POOL = `
  select from phone_numbers
  where organization_id = '00000000-0000-7000-8000-000000000001' and id = $1 and lifecycle <> 'released'`;
