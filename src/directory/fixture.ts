import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Parsed } from '../base/check.ts'
import { failed } from '../base/check.ts'
import { systemClock } from '../base/clock.ts'
import { Fault, type FaultCode } from '../base/fault.ts'
import { silentLog } from '../base/log.ts'
import type { Session } from '../identity/session.ts'
import type { Application, Publishing, Segment } from '../publishing/application.ts'
import { noIdentityHeaders } from '../publishing/identity-header.ts'
import type { Change } from './change.ts'
import type { Directory } from './directory.ts'
import { openDirectory } from './open.ts'

/** Who changes things in the tests of this folder. */
export const change: Change = { author: 'ann@contoso.net', reason: 'a test' }

export const settings = { clock: systemClock, log: silentLog }

/** A directory that lives as long as the test. */
export async function openInMemory(t: TestContext, clock = systemClock): Promise<Directory> {
  const directory = await openDirectory({ file: ':memory:', ...settings, clock })
  t.after(() => directory[Symbol.asyncDispose]())
  return directory
}

/** Where the database file of one test goes; removed with its folder. */
export function temporaryFile(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-directory-'))
  t.after(() => rmSync(folder, { recursive: true }))
  return join(folder, 'sallyport.db')
}

export function accepted<Value>(parsed: Parsed<Value>): Value {
  if (failed(parsed)) throw new Error(JSON.stringify(parsed.issues))
  return parsed.value
}

/** The codes of what is wrong, in order. */
export function codesOf(parsed: Parsed<unknown>): readonly string[] {
  return failed(parsed) ? parsed.issues.map((issue) => issue.code) : []
}

/** How an application is published under a wildcard, with one segment per name. */
export function publishingOf(domain: string, segments: readonly string[] = []): Publishing {
  return {
    externalUrl: `https://*.${domain}/`,
    internalUrl: 'http://*.internal.test/',
    alternateUrl: undefined,
    preAuthentication: true,
    backendTimeout: 'default',
    backendHttp2: false,
    translateHostHeader: true,
    translateLinksInBody: false,
    useAlternateUrl: false,
    validateBackendCertificate: true,
    cookie: { httpOnly: true, secure: true, persistent: false },
    segments: segments.map((name) => segmentOf(domain, name)),
    corsRules: [],
    allowSiblingSegments: false,
    whenNoSegments: 'wildcard',
    responseHeaders: [{ action: 'remove', name: 'server' }],
    maintenance: false,
    preserveForms: false,
    injectSessionScript: false,
    sessionLifetimeSeconds: undefined,
    identityHeaders: noIdentityHeaders,
    forwardAccessToken: false,
  }
}

function segmentOf(domain: string, name: string): Segment {
  return {
    id: name,
    externalUrl: `https://${name}.${domain}/`,
    internalUrl: `http://${name}.${domain}.test/`,
    alternateUrl: undefined,
    corsRules: [],
    responseHeaders: [],
  }
}

/** An application of this name, changed as said. */
export async function createApplication(
  directory: Directory,
  displayName: string,
  changes: Partial<Application> = {},
): Promise<Application> {
  const { id } = await directory.createApplication(displayName, change)
  return accepted(
    await directory.updateApplication(id, change, (now) => ({ value: { ...now, ...changes } })),
  )
}

export async function createPerson(directory: Directory, name: string) {
  const facts = { userPrincipalName: name, displayName: name, mail: undefined, enabled: true }
  return accepted(await directory.createPerson(facts, undefined, change))
}

/** Keeps a session with this id, changed as said. */
export async function signIn(
  directory: Directory,
  id: string,
  changes: Partial<Session>,
): Promise<Session> {
  const now = Date.now()
  const session: Session = {
    id,
    personId: 'nobody',
    userPrincipalName: 'ann@contoso.net',
    displayName: 'Ann',
    applicationId: 'none',
    providerId: 'embedded',
    providerSessionId: undefined,
    createdAt: now,
    expiresAt: now + 3_600_000,
    authenticatedAt: now,
    amr: ['pwd'],
    acr: undefined,
    claims: { sub: 'nobody' },
    verifiedAt: now,
    refreshable: false,
    seenAt: now,
    ...changes,
  }
  await directory.sessions.create(session, 'sealed tokens')
  return session
}

/** For `assert.rejects`: a fault of this code, which says something. */
export function isFault(code: FaultCode): (thrown: unknown) => boolean {
  return (thrown) => thrown instanceof Fault && thrown.code === code && thrown.message.length > 10
}
