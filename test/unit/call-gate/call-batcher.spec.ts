import { batcherOn, commandOf, decide, FakeGateDatabase, sqlError } from '../../support/fake-gate-database.js';

const settled = (answers: PromiseSettledResult<unknown>[]) => answers.map(({ status }) => status);

describe('CallBatcher', () => {
  it('decides calls of the same turn together, and what arrives meanwhile in the next batch', async () => {
    const database = new FakeGateDatabase();
    let release = () => {};
    database.hold = new Promise((resolve) => (release = resolve));
    const batcher = batcherOn(database);
    const first = ['1', '2'].map((n) => decide(batcher, commandOf(n)));
    await new Promise((resolve) => setImmediate(resolve));
    const second = ['3', '4', '5'].map((n) => decide(batcher, commandOf(n)));
    release();
    const answers = await Promise.all([...first, ...second]);
    expect(answers.map((answer) => answer.destination)).toEqual(['1', '2', '3', '4', '5']);
    expect(database.batches).toEqual([
      ['1', '2'],
      ['3', '4', '5'],
    ]);
  });

  it('takes another connection for calls behind a batch that is late', async () => {
    const database = new FakeGateDatabase(2);
    let release = () => {};
    database.hold = new Promise((resolve) => (release = resolve));
    const batcher = batcherOn(database);
    const stuck = decide(batcher, commandOf('stuck'));
    await new Promise((resolve) => setImmediate(resolve));
    database.hold = Promise.resolve();
    await expect(decide(batcher, commandOf('behind'))).resolves.toMatchObject({ destination: 'behind' });
    expect(database.batches).toEqual([['stuck'], ['behind']]);
    release();
    await stuck;
  });

  it('sends the next batch while a decided one is committed, and answers none before its commit', async () => {
    const database = new FakeGateDatabase();
    let commit = () => {};
    database.commits.push(new Promise((resolve) => (commit = resolve)));
    const batcher = batcherOn(database, { GATE_BATCH_SIZE: 1 });
    const answered: string[] = [];
    const calls = ['1', '2'].map((n) => decide(batcher, commandOf(n)).then(() => answered.push(n)));
    await calls[1];
    expect(database.batches).toEqual([['1'], ['2']]);
    expect(answered).toEqual(['2']);
    commit();
    await calls[0];
    expect(answered).toEqual(['2', '1']);
  });

  it('has one batch out at a time, however many calls wait', async () => {
    const database = new FakeGateDatabase(2);
    let release = () => {};
    database.hold = new Promise((resolve) => (release = resolve));
    const batcher = batcherOn(database, { GATE_BATCH_SIZE: 2 });
    const calls = ['1', '2', '3', '4', '5'].map((n) => decide(batcher, commandOf(n)));
    await new Promise((resolve) => setImmediate(resolve));
    expect(database.batches).toEqual([['1', '2']]);
    release();
    await Promise.all(calls);
    expect(database.batches).toEqual([['1', '2'], ['3', '4'], ['5']]);
  });

  it('answers the others of a batch when one answer cannot be written, and tells that caller that it has none', async () => {
    const database = new FakeGateDatabase();
    const batcher = batcherOn(database);
    const broken = new Promise((_, reject) => {
      const fail = () => {
        throw new Error('unknown reason code');
      };
      batcher.submit(commandOf('broken'), fail, reject);
    });
    const mute = () => {
      throw new Error('gone');
    };
    batcher.submit(commandOf('mute'), mute, mute);
    const next = decide(batcher, commandOf('next'));
    await expect(broken).rejects.toMatchObject({ code: 'gate_unavailable', status: 503 });
    await expect(next).resolves.toMatchObject({ destination: 'next' });
    expect(database.batches).toEqual([['broken', 'mute', 'next']]);
    expect(database.reports).toMatchObject([
      { message: 'unknown reason code' },
      { message: 'gone' },
      { message: 'gone' },
    ]);
  });

  describe('when PostgreSQL refuses a batch', () => {
    it.each(['21000', '22021', '23514', '40P01', '54000', '55000', 'P0001', 'XX000', '57014'])(
      'fails only the call that cannot be decided (%s)',
      async (sqlState) => {
        const database = new FakeGateDatabase();
        database.failOn = (batch) => (batch.some((call) => call.destination === 'bad') ? sqlError(sqlState) : null);
        const batcher = batcherOn(database);
        const calls = ['1', '2', 'bad', '3', '4'].map((n) => decide(batcher, commandOf(n)));
        const answers = await Promise.allSettled(calls);
        expect(settled(answers)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
      },
    );

    it.each([
      ['the connection breaks', new Error('Connection terminated unexpectedly')],
      ['the network breaks while the batch is sent', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })],
      ['the server goes down', sqlError('57P01')],
      ['the connection is lost on the server', sqlError('08006')],
    ])('retries nothing when %s, for it is unknown what was committed', async (_, error) => {
      const database = new FakeGateDatabase();
      database.failOn = () => error;
      const batcher = batcherOn(database);
      const answers = await Promise.allSettled(['1', '2'].map((n) => decide(batcher, commandOf(n))));
      expect(settled(answers)).toEqual(['rejected', 'rejected']);
      expect(database.batches).toHaveLength(1);
    });

    it.each(['53300', '53200', '28P01', '25006', '42883', '42501'])(
      'does not try the parts of a batch that would all fail alike (%s)',
      async (sqlState) => {
        const database = new FakeGateDatabase();
        database.failOn = () => sqlError(sqlState);
        const batcher = batcherOn(database);
        const answers = await Promise.allSettled(['1', '2', '3'].map((n) => decide(batcher, commandOf(n))));
        expect(settled(answers)).toEqual(['rejected', 'rejected', 'rejected']);
        expect(database.batches).toHaveLength(1);
        expect(database.reports).toHaveLength(1);
      },
    );
  });
});
