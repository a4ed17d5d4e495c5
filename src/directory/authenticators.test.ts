import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CodeApp, Passkey } from '../identity/local/authenticators.ts'
import { accepted, change, createPerson, isFault, openInMemory, signIn } from './fixture.ts'

const app: CodeApp = { id: 'app', sealedSecret: 'sealed', lastStep: 5, createdAt: 1 }

function keyOf(personId: string, id = 'key'): Passkey {
  return {
    ...{ id, personId, name: 'Laptop', publicKey: 'cose', counter: 3, transports: ['usb', 'nfc'] },
    ...{ backedUp: true, createdAt: 7, lastUsedAt: undefined },
  }
}

test('a passkey is kept, renamed, used forwards only, and removed by its owner [S11]', async (t) => {
  const directory = await openInMemory(t)
  const { authenticators } = directory
  const { id } = await createPerson(directory, 'ann@contoso.net')
  const key = keyOf(id)
  await authenticators.addPasskey(key, change)
  await assert.rejects(authenticators.addPasskey(key, change), isFault('already-exists'))
  await assert.rejects(authenticators.addPasskey(keyOf('none', 'k2'), change), isFault('not-found'))
  assert.deepEqual(await authenticators.passkey('key'), key)
  assert.deepEqual((await authenticators.of(id)).passkeys, [key])
  assert.equal(await authenticators.renamePasskey('other', 'key', 'x', change), false)
  assert.equal(await authenticators.renamePasskey(id, 'key', 'Desk', change), true)
  assert.equal(await authenticators.usePasskey('key', 3, 9), false)
  const uses = await Promise.all([1, 2].map(() => authenticators.usePasskey('key', 4, 9)))
  assert.deepEqual(uses.sort(), [false, true])
  const { counter, lastUsedAt, name } = (await authenticators.passkey('key')) ?? key
  assert.deepEqual([counter, lastUsedAt, name], [4, 9, 'Desk'])
  assert.equal(await authenticators.removePasskey('other', 'key', change), false)
  assert.equal(await authenticators.removePasskey(id, 'key', change), true)
  assert.equal(await authenticators.passkey('key'), undefined)
  assert.doesNotMatch(JSON.stringify(await directory.audit(20)), /cose/)
})

test('a step of an app and a recovery code count once, whoever else tries at that moment [S11]', async (t) => {
  const directory = await openInMemory(t)
  const { authenticators } = directory
  const { id } = await createPerson(directory, 'ann@contoso.net')
  await authenticators.setCodeApp(id, app, ['a', 'b'], change)
  const steps = await Promise.all([5, 6, 6].map((step) => authenticators.useCodeStep('app', step)))
  assert.deepEqual(steps.sort(), [false, false, true])
  const codes = await Promise.all([1, 2].map(() => authenticators.useRecoveryCode(id, 'a')))
  assert.deepEqual(codes.sort(), [false, true])
  assert.equal((await authenticators.of(id)).recoveryCodes, 1)
  await authenticators.replaceRecoveryCodes(id, ['c', 'd', 'e'], change)
  assert.equal(await authenticators.useRecoveryCode(id, 'b'), false)
  assert.equal(await authenticators.removeCodeApp(id, 'other', change), false)
  assert.equal(await authenticators.removeCodeApp(id, 'app', change), true)
  const { codeApp, recoveryCodes } = await authenticators.of(id)
  assert.deepEqual([codeApp, recoveryCodes], [undefined, 0])
  assert.doesNotMatch(JSON.stringify(await directory.audit(20)), /sealed/)
})

test('a temporary pass opens in its time, and once where it is meant to [S11]', async (t) => {
  const directory = await openInMemory(t)
  const { authenticators } = directory
  const { id } = await createPerson(directory, 'ann@contoso.net')
  const pass = { id: 'p', createdAt: 0, startsAt: 10, expiresAt: 20, usedAt: undefined }
  const set = (usableOnce: boolean) =>
    authenticators.setTemporaryPass(id, { ...pass, usableOnce }, 'hash', change)
  await set(true)
  const use = (now: number, hash = 'hash') => authenticators.useTemporaryPass(id, hash, now)
  assert.deepEqual(
    [await use(9), await use(20), await use(15, 'other'), await use(15), await use(15)],
    [false, false, false, true, false],
  )
  await set(false)
  assert.deepEqual([await use(15), await use(16)], [true, true])
  assert.equal((await authenticators.of(id)).temporaryPass?.usedAt, 16)
  assert.equal(await authenticators.removeTemporaryPass(id, 'other', change), false)
  assert.equal(await authenticators.removeTemporaryPass(id, 'p', change), true)
})

test('whose password was only lent must change it, and then need not any more [S11]', async (t) => {
  const directory = await openInMemory(t, () => 77)
  const facts = { userPrincipalName: 'ann@contoso.net', displayName: 'Ann', enabled: true }
  const person = { ...facts, mail: undefined }
  const made = await directory.createPerson(person, 'a long lent password', change, true)
  const { id } = accepted(made)
  const { authenticators } = directory
  assert.equal((await authenticators.of(id)).mustChangePassword, true)
  await authenticators.setPassword(id, 'another long sentence', change)
  const { mustChangePassword, passwordChangedAt } = await authenticators.of(id)
  assert.deepEqual([mustChangePassword, passwordChangedAt], [false, 77])
  const before = (await directory.people.passwordOf(id)) ?? ''
  await authenticators.upgradePassword(id, 'of an earlier time', 'x')
  assert.equal(await directory.people.passwordOf(id), before)
  await authenticators.upgradePassword(id, before, 'newer')
  assert.equal(await directory.people.passwordOf(id), 'newer')
})

test('everything goes with the person [G4]', async (t) => {
  const directory = await openInMemory(t)
  const { authenticators } = directory
  const { id } = await createPerson(directory, 'ann@contoso.net')
  await authenticators.addPasskey(keyOf(id), change)
  await authenticators.setCodeApp(id, app, ['a'], change)
  await directory.deletePerson(id, change)
  assert.equal(await authenticators.passkey('key'), undefined)
  assert.equal((await authenticators.of(id)).codeApp, undefined)
})

test('a sign-in is listed with its applications, and ended with all that came from it [S9] [S11]', async (t) => {
  const directory = await openInMemory(t)
  const { browserSignIns, providerRecords, sessions } = directory
  const { id } = await createPerson(directory, 'ann@contoso.net')
  const application = await directory.createApplication('Shop', change)
  const now = Date.now()
  const times = { signedInAt: now, lastSeenAt: now, expiresAt: now + 60_000 }
  for (const name of ['desk', 'phone']) {
    const signedIn = { id: name, personId: id, userAgent: 'Firefox', address: '::1', ...times }
    await browserSignIns.note(signedIn, undefined)
    await browserSignIns.note(signedIn, `sid-${name}`)
    await providerRecords.upsert('Session', `cookie-${name}`, { uid: name }, 60)
    const facts = { personId: id, applicationId: application.id, providerSessionId: `sid-${name}` }
    await signIn(directory, `session-${name}`, facts)
  }
  const listed = await browserSignIns.of(id)
  assert.deepEqual(listed.map((each) => each.id).sort(), ['desk', 'phone'])
  assert.deepEqual(listed[0]?.applications, ['Shop'])
  const ended: string[] = []
  sessions.onEnded((ids) => ended.push(...ids))
  await browserSignIns.end({ personId: 'somebody else', only: 'phone' })
  assert.equal((await browserSignIns.of(id)).length, 2)
  await browserSignIns.end({ personId: id, except: 'desk' })
  assert.deepEqual(ended, ['session-phone'])
  assert.equal(await providerRecords.find('Session', 'cookie-phone'), undefined)
  assert.ok(await providerRecords.find('Session', 'cookie-desk'))
  assert.ok(await sessions.find('session-desk'))
  await browserSignIns.removeExpired(now + 60_000)
  assert.deepEqual(await browserSignIns.of(id), [])
})
