/** The command line as a program on people's own machines. It has the id that the original's has, and keeps no secret. */
export const commandLineClientId = '14d82eec-204b-4c2f-b7e8-296a70dab67e'

/** RFC 8628 §3.4. */
export const deviceCodeGrant = 'urn:ietf:params:oauth:grant-type:device_code'

/** As the embedded provider wants to have it. */
export function commandLineClient(algorithm: string) {
  return {
    client_id: commandLineClientId,
    client_name: 'Sallyport command line',
    application_type: 'native' as const,
    // Of any port (RFC 8252 §7.3).
    redirect_uris: ['http://127.0.0.1/', 'http://localhost/'],
    grant_types: ['authorization_code', 'refresh_token', deviceCodeGrant],
    response_types: ['code' as const],
    token_endpoint_auth_method: 'none' as const,
    id_token_signed_response_alg: algorithm as 'ES256',
  }
}
