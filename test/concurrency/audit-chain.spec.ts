import { AuditChain } from '../../apps/api/src/modules/audit/audit.public.js';
import { type RunningApi, startApi } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createOrganization, createUser, signIn } from '../support/fixtures.js';
import { request } from '../support/http.js';

const WRITERS = 50;
const WRITES = 4;

describe('Fifty writers and the linkers of three processes', () => {
  let db: TestDatabase;
  let apis: RunningApi[];

  beforeAll(async () => {
    db = await createTestDatabase();
    apis = await Promise.all([1, 2, 3].map(() => startApi({ databaseUrl: db.url })));
  });

  afterAll(async () => {
    await Promise.all((apis ?? []).map((api) => api.close()));
    await db?.drop();
  });

  it('make one unbroken chain of each organization', async () => {
    const organizations = await Promise.all([1, 2].map(() => createOrganization(db)));
    const tokens = await Promise.all(
      organizations.map(async (organizationId, index) => {
        const email = `admin-${index}@example.test`;
        await createUser(db, { organizationId, role: 'admin', email });
        return signIn(apis[0]!.url, email);
      }),
    );
    let writing = true;
    const link = async (api: RunningApi): Promise<void> => {
      while (writing) expect((await api.app.get(AuditChain).link()).failures).toBe(0);
    };
    const linking = apis.map(link);
    await Promise.all(
      Array.from({ length: WRITERS }, async (_, writer) => {
        for (let index = 0; index < WRITES; index += 1) {
          const { status } = await request(`${apis[(writer + index) % 3]!.url}/api/v1/agents`, {
            token: tokens[index % 2]!,
            body: { name: `Agent ${writer}.${index}`, kind: 'ai' },
          });
          expect(status).toBe(201);
        }
      }),
    );
    writing = false;
    await Promise.all(linking);
    const chain = apis[0]!.app.get(AuditChain);
    await chain.link();
    for (const organizationId of organizations) {
      // The sign-in is an event as well.
      const length = (WRITERS * WRITES) / 2 + 1;
      expect(await chain.verifyLast(organizationId, 10_000)).toMatchObject({
        intact: true,
        sequence: length,
        unlinked: 0,
      });
      expect(await chain.verifyLast(organizationId, 10)).toMatchObject({ intact: true, checkedFrom: length - 9 });
    }
  });

  it('hold up no write: linking waits for no writer and no writer waits for it', async () => {
    const organizationId = await createOrganization(db);
    const insert = `insert into audit_events (organization_id, actor_kind, actor_label, action, subject_type)
      values ('${organizationId}', 'system', 'test', 'test.done', 'test')`;
    // The first link of an organization makes the head that later ones lock.
    await db.query(insert);
    await db.query('select link_audit_events($1, 10)', [organizationId]);
    await db.query(insert);
    const [linker, writer] = [await db.connect(), await db.connect()];
    await linker.query('begin');
    await linker.query('select link_audit_events($1, 10)', [organizationId]);
    await writer.query(`set lock_timeout = '1ms'`);
    await writer.query(insert);
    expect((await writer.query('select link_audit_events($1, 10) as linked', [organizationId])).rows).toEqual([
      { linked: 0 },
    ]);
    await linker.query('commit');
    expect((await writer.query('select link_audit_events($1, 10) as linked', [organizationId])).rows).toEqual([
      { linked: 1 },
    ]);
    await Promise.all([linker.end(), writer.end()]);
  });
});
