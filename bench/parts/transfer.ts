import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { bulkTarget, gibibyte, startBulkApplication, writeBulkFile } from '../bulk.ts'
import { freePorts } from '../commands.ts'
import { download, type Transfer, upload } from '../load/curl.ts'
import type { Target } from '../load/target.ts'
import { type Outcome, rounded } from '../outcome.ts'
import { startProxy } from '../peers/nginx.ts'
import { median, ratioOf, takeTurns } from '../race.ts'
import type { Stage } from '../stage.ts'

// A gibibyte takes seconds, so that three rounds tell enough.
const roundsMax = 3

/** 1 GiB down and 1 GiB up over one connection each, against nginx with TLS and without a tunnel. */
export async function measureTransfer(stage: Stage): Promise<Outcome> {
  const application = await startBulkApplication(stage)
  const sallyport = await ownTarget(stage, application)
  const nginx = await nginxTarget(stage, application)
  const file = join(stage.folder, 'gibibyte')
  writeBulkFile(file, gibibyte)
  // V8 has compiled the path by then.
  await download(sallyport, gibibyte)
  await upload(sallyport, file, gibibyte)
  const rounds = await takeTurns(
    {
      sallyportDown: () => download(sallyport, gibibyte),
      nginxDown: () => download(nginx, gibibyte),
      sallyportUp: () => upload(sallyport, file, gibibyte),
      nginxUp: () => upload(nginx, file, gibibyte),
    },
    Math.min(stage.rounds, roundsMax),
  )
  rmSync(file)
  const { sallyportDown, nginxDown, sallyportUp, nginxUp } = rounds
  return {
    ratios: {
      'download-vs-nginx': rounded(ratioOf(sallyportDown, nginxDown, speed)),
      'upload-vs-nginx': rounded(ratioOf(sallyportUp, nginxUp, speed)),
      'download-vs-nginx-cpu': rounded(ratioOf(nginxDown, sallyportDown, edgeCpu)),
      'upload-vs-nginx-cpu': rounded(ratioOf(nginxUp, sallyportUp, edgeCpu)),
    },
    figures: {
      'download-sallyport-mb-per-s': rounded(median(sallyportDown.map(speed))),
      'download-nginx-mb-per-s': rounded(median(nginxDown.map(speed))),
      'upload-sallyport-mb-per-s': rounded(median(sallyportUp.map(speed))),
      'upload-nginx-mb-per-s': rounded(median(nginxUp.map(speed))),
    },
    table: [
      ['1 GiB', 'MB/s', 'CPU time'],
      row('download: Sallyport', sallyportDown),
      row('download: nginx', nginxDown),
      row('upload: Sallyport', sallyportUp),
      row('upload: nginx', nginxUp),
    ],
  }
}

async function ownTarget(stage: Stage, application: number): Promise<Target> {
  const sallyport = await stage.sallyport
  const { url, cookie } = await sallyport.publish('bulk', `http://127.0.0.1:${application}/`)
  return {
    ...bulkTarget('Sallyport', `${url}?bytes=${gibibyte}`),
    headers: { cookie },
    edgeSide: { edge: sallyport.edge },
    inside: { connector: sallyport.connector },
  }
}

async function nginxTarget(stage: Stage, application: number): Promise<Target> {
  const ports = await freePorts('tls', 'http2', 'plain')
  const folder = join(stage.folder, 'nginx-bulk')
  const nginx = stage.use(await startProxy(folder, ports, application, await stage.certificate()))
  const target = bulkTarget('nginx', `https://localhost:${ports.tls}/?bytes=${gibibyte}`)
  return { ...target, edgeSide: { nginx: nginx.group } }
}

const speed = (transfer: Transfer): number => transfer.megabytesPerSecond
const edgeCpu = (transfer: Transfer): number => transfer.cost.edgeSide

function row(name: string, transfers: readonly Transfer[]): string[] {
  const processes = Object.keys(transfers[0]?.cost.byProcess ?? {})
  const each = processes.map((process) => {
    const seconds = median(transfers.map(({ cost }) => cost.byProcess[process] ?? 0))
    return `${process} ${seconds.toFixed(2)} s`
  })
  return [name, Math.round(median(transfers.map(speed))).toString(), each.join(', ')]
}
