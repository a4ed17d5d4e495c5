/** How long a token lives by the definition of a policy, such as `8:00:00`; undefined where it does not say. */
export function lifetimeIn(definition: readonly string[]): string | undefined {
  const [, lifetime] = /"AccessTokenLifetime"\s*:\s*"([^"]+)"/.exec(definition[0] ?? '') ?? []
  return lifetime
}

/** The definition that says it. */
export function definitionOf(lifetime: string): readonly string[] {
  return [JSON.stringify({ TokenLifetimePolicy: { Version: 1, AccessTokenLifetime: lifetime } })]
}
