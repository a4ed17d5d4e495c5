import { loadByH2load, type Streams } from '../load/h2load.ts'
import { type Outcome, rounded } from '../outcome.ts'
import { startPlainNginx } from '../peers/plain.ts'
import { ratioOf, takeTurns } from '../race.ts'
import type { Stage } from '../stage.ts'
import {
  allCpu,
  edgeCpu,
  ownAnswerer,
  perSecond,
  requestFigures,
  requestHead,
  requestRow,
  smallGet,
} from './small-requests.ts'

// Few browsers that ask for much at once, and many that ask for one thing each.
const pressures: Readonly<Record<string, Streams>> = {
  '8x32': { clients: 8, streams: 32, seconds: 2 },
  '64x1': { clients: 64, streams: 1, seconds: 2 },
}

/** The authenticated GET over HTTP/2, against nginx with HTTP/2. */
export async function measureHttp2(stage: Stage): Promise<Outcome> {
  const own = smallGet(await ownAnswerer(stage))
  const theirs = smallGet((await startPlainNginx(stage)).http2)
  const ratios: Record<string, number> = {}
  const figures: Record<string, number> = {}
  const table: (readonly string[])[] = [requestHead]
  for (const [name, pressure] of Object.entries(pressures)) {
    await loadByH2load(own, pressure)
    const { sallyport, nginx } = await takeTurns(
      {
        sallyport: () => loadByH2load(own, pressure),
        nginx: () => loadByH2load(theirs, pressure),
      },
      stage.rounds,
    )
    ratios[`http2-${name}-vs-nginx`] = rounded(ratioOf(nginx, sallyport, edgeCpu))
    ratios[`http2-${name}-vs-nginx-all-cpu`] = rounded(ratioOf(nginx, sallyport, allCpu))
    ratios[`http2-${name}-vs-nginx-rps`] = rounded(ratioOf(sallyport, nginx, perSecond))
    Object.assign(figures, requestFigures(`http2-${name}-sallyport`, sallyport))
    Object.assign(figures, requestFigures(`http2-${name}-nginx`, nginx))
    table.push(requestRow(`Sallyport, ${name}`, sallyport), requestRow(`nginx, ${name}`, nginx))
  }
  return { ratios, figures, table }
}
