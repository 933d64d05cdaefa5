/**
 * Loaded before the program that `npm start` runs (`node --import`): when the start is killed outright and can pass on no
 * signal, the program stops as if it had got one, instead of holding port and data on.
 */
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
process.channel?.unref();
