import { setTimeout as sleep } from 'node:timers/promises'
import { command } from './command.ts'
import { openPlace } from './connection.ts'
import { type Context, pickContext, readContexts, writeContexts } from './contexts.ts'
import { failure, usageFailure } from './failure.ts'
import {
  findSignIn,
  type Granted,
  postForm,
  readGranted,
  requestToken,
  signInRefused,
} from './oauth.ts'
import { option } from './parameter.ts'
import type { Place } from './place.ts'
import { textAt, wordsAt } from './resource.ts'
import type { Session } from './session.ts'
import { clean } from './text.ts'

/** The command line as every edge knows it: a public client with the id of the original's. */
const commandLineClientId = '14d82eec-204b-4c2f-b7e8-296a70dab67e'

/** `sallyport sign-in` */
export const signIn = command({
  name: 'sign-in',
  summary: 'sign in at an edge in the browser, and keep it for the next commands',
  kind: 'local',
  examples: [
    'sign-in --server https://graph.contoso.com',
    'sign-in --server https://graph.contoso.com --context work --ca ca.pem',
  ],
  options: {
    server: option('url', 'address of the management API, https://graph.<domain>'),
    ca: option('file', 'its certificate authority, if the machine does not know it', 'files'),
    context: option('name', 'what to call this sign-in; the host if unsaid'),
    clientId: option('id', 'sign in as a program instead (SALLYPORT_CLIENT_ID)'),
    clientSecret: option('secret', 'its secret (better in SALLYPORT_CLIENT_SECRET)'),
  },
  async run(session, { server, ca, context: name, clientId, clientSecret }) {
    const { out, surroundings } = session
    const { environment } = surroundings
    const contexts = await readContexts(environment)
    const before = name === undefined ? pickContext(contexts, undefined) : undefined
    const place = await openPlace({ server, ca }, surroundings, before?.context)
    out.say(`Signing in at ${place.server}`)
    try {
      const id = clientId ?? environment['SALLYPORT_CLIENT_ID']
      const secret = clientSecret ?? environment['SALLYPORT_CLIENT_SECRET']
      const granted =
        id === undefined || id === ''
          ? await signInByDevice(session, place)
          : await signInAsClient(place, id, secret)
      const called = name ?? before?.name ?? new URL(place.server).host
      const context: Context = {
        server: place.server,
        ca: place.ca,
        token: granted.token,
        tokenExpiresAt: granted.expiresAt,
        refreshToken: granted.refreshToken,
        clientId: id || commandLineClientId,
      }
      const byName = { ...contexts.byName, [called]: context }
      await writeContexts(environment, { current: called, byName })
      const facts = { context: called, server: place.server }
      out.done(`You are signed in at ${place.server}: sallyport whoami`, facts, 'context')
    } finally {
      place.exchange[Symbol.dispose]()
    }
  },
})

function signInAsClient(place: Place, id: string, secret: string | undefined): Promise<Granted> {
  if (!secret) throw usageFailure('A program signs in with its secret: SALLYPORT_CLIENT_SECRET.')
  return requestToken(place, {
    grant_type: 'client_credentials',
    client_id: id,
    client_secret: secret,
    scope: `${place.server}/.default`,
  })
}

const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'
// RFC 8628 §3.2 and §3.5: five seconds if nothing is said, and five more each time it is too fast.
const defaultIntervalSeconds = 5

/** The person types a code in a browser, on this machine or another; meanwhile the edge is asked whether they have. */
async function signInByDevice(session: Session, place: Place): Promise<Granted> {
  const { out, surroundings } = session
  const { tokenUrl, deviceUrl } = await findSignIn(place)
  if (deviceUrl === undefined) {
    throw failure('no-device-sign-in', `${place.server} does not let people sign in this way.`, [
      'Sign in as a program (--client-id), or on the edge’s machine use --data <folder>.',
    ])
  }
  const { status, body } = await postForm(place, deviceUrl, {
    client_id: commandLineClientId,
    scope: `openid offline_access ${place.server}/.default`,
  })
  if (status !== 200) throw signInRefused(place.server, body)
  const address = textAt(body, 'verification_uri_complete') || textAt(body, 'verification_uri')
  out.warn(`Open ${clean(address)}`)
  out.warn(`and see that it shows this code: ${clean(textAt(body, 'user_code'))}`)
  if (surroundings.stderr.isTTY === true) surroundings.openBrowser(address)
  const seconds = Number(body['interval'] ?? defaultIntervalSeconds)
  const until = Date.now() + Number(body['expires_in'] ?? 600) * 1000
  return poll(session, place, tokenUrl, textAt(body, 'device_code'), seconds, until)
}

async function poll(
  { out, surroundings }: Session,
  place: Place,
  tokenUrl: URL,
  deviceCode: string,
  firstInterval: number,
  until: number,
): Promise<Granted> {
  let seconds = firstInterval
  while (Date.now() < until) {
    out.progress(`Waiting for you, ${Math.round((until - Date.now()) / 60_000)} minutes more …`)
    await sleep(seconds * 1000, undefined, { signal: surroundings.signal })
    const { status, body } = await postForm(place, tokenUrl, {
      grant_type: deviceGrant,
      client_id: commandLineClientId,
      device_code: deviceCode,
    })
    const granted = readGranted(body)
    if (status === 200 && granted) return granted
    const error = textAt(body, 'error')
    if (error === 'slow_down') seconds += defaultIntervalSeconds
    else if (error !== 'authorization_pending') throw signInRefused(place.server, body)
  }
  throw signInRefused(place.server, {
    error: 'expired_token',
    error_description: 'Nobody typed the code in time.',
  })
}

/** `sallyport sign-out` */
export const signOut = command({
  name: 'sign-out',
  summary: 'forget a sign-in that is kept on this machine',
  kind: 'local',
  examples: ['sign-out', 'sign-out --context work'],
  options: {
    context: option('name', 'which one; the current one if unsaid', { namesOf: 'contexts' }),
  },
  async run({ out, surroundings: { environment } }, { context: name }) {
    const contexts = await readContexts(environment)
    const picked = pickContext(contexts, name)
    if (!picked) {
      out.done('Nobody was signed in.', {})
      return
    }
    const byName = Object.fromEntries(
      Object.entries(contexts.byName).filter(([each]) => each !== picked.name),
    )
    const current = contexts.current === picked.name ? Object.keys(byName)[0] : contexts.current
    await writeContexts(environment, { current, byName })
    const facts = { context: picked.name, server: picked.context.server }
    out.done(`Signed out of ${picked.context.server}.`, facts, 'context')
  },
})

/** `sallyport whoami` */
export const whoami = command({
  name: 'whoami',
  summary: 'which edge this is, who you are there, and what you may do',
  kind: 'read',
  examples: ['whoami', 'whoami --json'],
  async run({ api, out }) {
    const { server, by } = await api.connection()
    const ways = {
      token: 'a token',
      client: 'a program’s secret',
      folder: 'the data folder of the edge',
      'sign-in': 'sallyport sign-in',
      nobody: '',
    }
    // Programs and the edge's own machine have no person behind them.
    const answer = await api.exchange('GET', '/me')
    const me = answer.status === 400 ? {} : await api.get('/me')
    const who = textAt(me, 'userPrincipalName') || (by === 'folder' ? 'administrator' : 'a program')
    out.item({ ...me, server, signedInBy: by }, [
      ['Edge', server, 'bold'],
      ['Who', who],
      ['Name', textAt(me, 'displayName')],
      ['By', ways[by]],
      ['May', wordsAt(me, 'permissions').join(', ')],
    ])
  },
})
