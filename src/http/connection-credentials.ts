/**
 * Whether credentials (the value of an Authorization field) count for the connection they come on and not for their
 * request alone: whoever comes after on that connection is taken for the same person (RFC 4559 §6).
 */
export function bindsConnection(credentials: string): boolean {
  return /^(?:ntlm|negotiate|kerberos|nego2)(?: |$)/i.test(credentials)
}
