/** Another of the edge's own hosts beside the portal's: `siblingHost('login', '/account')`. */
export function siblingHost(name: string, path: string, here: string = location.host): string {
  return `https://${here.replace(/^portal\./, `${name}.`)}${path}`
}

/** The domain below which applications are published when nothing else is said, with its port: `contoso.com:8443`. */
export function publishingDomain(here: string = location.host): string {
  return here.replace(/^portal\./, '')
}

/** A display name as a host label: `Time & Expenses` becomes `time-expenses`. */
export function hostLabel(displayName: string): string {
  const plain = displayName.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
  const label = plain.replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '')
  return label.slice(0, labelMax).replace(/-+$/, '')
}

// RFC 1035 §2.3.4.
const labelMax = 63
