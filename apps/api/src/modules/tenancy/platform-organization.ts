/** The organization that owns the pool, and that keeps what concerns all of them. Made with the schema. */
export const PLATFORM_ORGANIZATION = '00000000-0000-7000-8000-000000000001';
