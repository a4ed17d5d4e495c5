const reasons: Readonly<Record<string, string>> = {
  'backend-refused': 'the application refuses connections: is it running on that port?',
  'backend-timeout': 'the application does not answer in time',
  'backend-unreachable': 'no way to that address from there',
  'backend-certificate': 'its certificate is not trusted',
  'backend-rubbish': 'what answers there does not speak HTTP',
  'backend-reset': 'the application cuts the connection off',
  'destination-not-allowed': 'the allow-list of the connector does not have it',
}

/** Why a connector does not reach an application, as a person would say it; unknown codes as they are. */
export function reasonText(code: string | null): string {
  return code === null ? 'does not reach it' : (reasons[code] ?? code)
}

const refusals: Readonly<Record<string, string>> = {
  'no-rule': 'no rule covers it',
  'origin-not-allowed': 'the rule does not allow the page',
  'method-not-allowed': 'the rule does not allow the method',
  'header-not-allowed': 'the rule does not allow a header',
  'credentials-not-allowed': 'the rule does not allow the session',
}

/** Why a cross-origin call was refused, or would have been by a rule in dry run. */
export function refusalText(code: string, mode: 'enforce' | 'dryRun'): string {
  const text = refusals[code] ?? code
  return mode === 'dryRun' ? `${text} (dry run)` : text
}
