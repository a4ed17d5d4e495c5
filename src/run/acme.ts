import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '../base/clock.ts'
import { Fault } from '../base/fault.ts'
import type { Log } from '../base/log.ts'
import type { AcmeServer, ChallengeType } from '../certificates/acme-client.ts'
import { AcmeKeeper } from '../certificates/acme-keeper.ts'
import type { Directory } from '../directory/directory.ts'
import { type Certificates, type KeyVault, sealKey } from './certificates.ts'

export interface AcmeContext {
  readonly directory: Directory
  readonly certificates: Certificates
  readonly vault: KeyVault
  /** The challenges that can be answered, the best first. */
  readonly challenges: readonly ChallengeType[]
  readonly log: Log
}

// Every process on the directory hears of a change within a second.
const spreadMs = 1_000
const change = { author: 'ACME', reason: 'issued by the certificate authority' }
const accountUse = 'ACME account'

/** Orders certificates for the hosts that browsers reach, from now on and whenever what is published changes. [P11] */
export function keepAcme(server: AcmeServer, context: AcmeContext): AcmeKeeper {
  const { directory, certificates, vault, challenges, log } = context
  const keeper = new AcmeKeeper({
    server,
    challenges,
    store: directory.acme,
    hosts: () => certificates.shown(),
    async keep(certificate) {
      const { key: _, ...shown } = certificate
      const sealedKey = sealKey(vault, certificate)
      await directory.addCertificate({ ...shown, source: 'acme', sealedKey }, change)
    },
    spread: () => sleep(spreadMs),
    sealAccountKey: (pem) => vault.seal(accountUse, pem),
    openAccountKey: (sealed) => vault.open(accountUse, sealed),
    clock: systemClock,
    log,
  })
  certificates.onApplied = () => keeper.notice()
  keeper.notice()
  return keeper
}

/** The options of `sallyport edge` that say where certificates are ordered. */
export interface AcmeOptions {
  readonly acmeDirectory?: string
  readonly acmeContact?: string
  readonly acmeAgreeTos?: boolean
  readonly acmeCa?: string
  readonly acmeEabKid?: string
  readonly acmeEabKeyFile?: string
}

/** The server they name, undefined for none. Throws `invalid`, or rejects with the file system's error. */
export async function readAcmeOptions(options: AcmeOptions): Promise<AcmeServer | undefined> {
  const { acmeDirectory, acmeContact, acmeCa, acmeEabKid, acmeEabKeyFile } = options
  if (acmeDirectory === undefined) {
    const isNamed = Object.entries(options).some(
      ([name, value]) => name.startsWith('acme') && value,
    )
    if (!isNamed) return undefined
    throw new Fault('invalid', 'the other --acme options need --acme-directory')
  }
  if (!URL.parse(acmeDirectory)?.protocol.startsWith('https')) {
    throw new Fault('invalid', '--acme-directory is an https:// address')
  }
  if (!options.acmeAgreeTos) {
    const sentence =
      'certificate authorities issue only to those who agree to their terms: read them, then add --acme-agree-tos'
    throw new Fault('invalid', sentence)
  }
  if ((acmeEabKid === undefined) !== (acmeEabKeyFile === undefined)) {
    throw new Fault('invalid', '--acme-eab-kid and --acme-eab-key-file go together')
  }
  return {
    directoryUrl: acmeDirectory,
    contact: acmeContact,
    caPem: acmeCa === undefined ? undefined : await readFile(acmeCa, 'utf8'),
    externalAccount:
      acmeEabKid === undefined || acmeEabKeyFile === undefined
        ? undefined
        : { keyId: acmeEabKid, key: (await readFile(acmeEabKeyFile, 'utf8')).trim() },
  }
}
