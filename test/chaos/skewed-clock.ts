/**
 * Loaded before the API (`--import`): its clock goes wrong by CHAOS_CLOCK_SKEW_MS. No decision may show it. The process
 * also ends when the test that started it is no more, so that a killed test leaves nothing behind.
 */
const skewMs = Number(process.env['CHAOS_CLOCK_SKEW_MS'] ?? 0);
const RightDate = Date;
const now = (): number => RightDate.now() + skewMs;

globalThis.Date = new Proxy(RightDate, {
  construct: (target, given: unknown[], as) =>
    Reflect.construct(target, given.length === 0 ? [now()] : given, as) as object,
  apply: () => new RightDate(now()).toString(),
  get: (target, name) => (name === 'now' ? now : (Reflect.get(target, name) as unknown)),
});

const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) process.exit(1);
}, 500).unref();
