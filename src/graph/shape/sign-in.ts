import type { KeptSignIn } from '../../directory/directory.ts'
import { type SignInKind, signInErrors } from '../../identity/sign-in-log.ts'
import type { Collection } from '../collection.ts'
import { propertiesOf } from '../resource/kinds.ts'
import { signIn } from '../resource/logs.ts'
import { describeDevice } from './device.ts'

// As the original calls them in `signInEventTypes`.
const eventTypes: Readonly<Record<SignInKind, string>> = {
  interactiveUser: 'interactiveUser',
  nonInteractiveUser: 'nonInteractiveUser',
  servicePrincipal: 'servicePrincipal',
}

/** An entry of the sign-in log in Graph's shape. */
export function toGraphSignIn(entry: KeptSignIn) {
  const [errorCode, failureReason] = signInErrors[entry.result]
  const { isProgram = entry.kind === 'servicePrincipal' } = entry
  return {
    id: entry.id,
    createdDateTime: new Date(entry.at).toISOString(),
    userDisplayName: entry.displayName ?? null,
    userPrincipalName: entry.userPrincipalName ?? null,
    userId: entry.kind === 'servicePrincipal' ? null : (entry.personId ?? null),
    appId: entry.appId ?? null,
    appDisplayName: entry.applicationName ?? null,
    ipAddress: entry.address,
    clientAppUsed: isProgram ? 'Mobile Apps and Desktop clients' : 'Browser',
    authenticationProtocol: protocolOf(entry),
    correlationId: entry.correlationId,
    conditionalAccessStatus: conditionalAccessStatus(entry),
    isInteractive: entry.kind === 'interactiveUser',
    riskDetail: 'none' as const,
    riskLevelAggregated: 'none' as const,
    riskLevelDuringSignIn: 'none' as const,
    riskState: 'none' as const,
    resourceDisplayName: entry.resource === undefined ? (entry.applicationName ?? null) : null,
    resourceId: entry.resource ?? entry.appId ?? null,
    servicePrincipalId: entry.kind === 'servicePrincipal' ? (entry.personId ?? null) : null,
    servicePrincipalName:
      entry.kind === 'servicePrincipal' ? (entry.applicationName ?? null) : null,
    signInEventTypes: [eventTypes[entry.kind]],
    userAgent: entry.userAgent,
    status: { errorCode, failureReason, additionalDetails: entry.result },
    deviceDetail: describeDevice(entry.userAgent),
    authenticationMethodsUsed: [...entry.methods],
    appliedConditionalAccessPolicies: entry.policies.map((policy) => ({
      id: policy.id,
      displayName: policy.displayName,
      result: policy.result,
      enforcedGrantControls: [...policy.grantControls],
      enforcedSessionControls: [...policy.sessionControls],
    })),
  }
}

// Entries of before it was kept say it by their kind.
function protocolOf({
  kind,
  protocol = kind === 'servicePrincipal' ? 'oAuth2' : 'none',
}: KeptSignIn) {
  return protocol
}

function conditionalAccessStatus({ policies }: KeptSignIn): 'success' | 'failure' | 'notApplied' {
  if (policies.some(({ result }) => result === 'failure')) return 'failure'
  return policies.some(({ result }) => result === 'success') ? 'success' : 'notApplied'
}

/** The sign-in log. */
export const signInCollection: Collection<KeptSignIn> = {
  context: 'auditLogs/signIns',
  properties: propertiesOf(signIn),
  fields: {
    id: (entry) => entry.id,
    createdDateTime: (entry) => new Date(entry.at).toISOString(),
    userId: (entry) => entry.personId,
    userPrincipalName: (entry) => entry.userPrincipalName,
    userDisplayName: (entry) => entry.displayName,
    appId: (entry) => entry.appId,
    appDisplayName: (entry) => entry.applicationName,
    resourceId: (entry) => entry.resource ?? entry.appId,
    ipAddress: (entry) => entry.address,
    correlationId: (entry) => entry.correlationId,
    isInteractive: (entry) => entry.kind === 'interactiveUser',
    signInEventTypes: (entry) => [eventTypes[entry.kind]],
    servicePrincipalId: (entry) => (entry.kind === 'servicePrincipal' ? entry.personId : undefined),
    conditionalAccessStatus,
    authenticationProtocol: protocolOf,
    'status/errorCode': (entry) => signInErrors[entry.result][0],
    'deviceDetail/browser': (entry) => describeDevice(entry.userAgent).browser,
    'deviceDetail/operatingSystem': (entry) => describeDevice(entry.userAgent).operatingSystem,
  },
  write: toGraphSignIn,
}
