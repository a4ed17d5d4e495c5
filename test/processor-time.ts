/**
 * Milliseconds of processor time that this process takes for `work`, on all its threads. Unlike those of a clock they are
 * as few while other processes keep the machine busy, or stop this one.
 */
export async function processorMsOf(work: () => unknown): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000
}
