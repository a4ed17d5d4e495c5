import { forgetPeak, peakBytesOf, residentBytesOf } from './cpu.ts'
import type { RunningSallyport } from './sallyport.ts'

/** Edge and connector, by their process groups. */
type Both = Pick<RunningSallyport, 'edge' | 'connector'>

const mebibyte = 2 ** 20

/** How much more memory than before they held at the most while `work` ran, in MiB, each peak counted. */
export async function growthMib<Result>(
  { edge, connector }: Both,
  work: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly mib: number }> {
  const before = residentBytesOf(edge) + residentBytesOf(connector)
  forgetPeak(edge)
  forgetPeak(connector)
  const result = await work()
  const peak = peakBytesOf(edge) + peakBytesOf(connector)
  return { result, mib: (peak - before) / mebibyte }
}
