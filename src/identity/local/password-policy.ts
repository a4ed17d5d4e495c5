/**
 * What a new password may not consist of (NIST SP 800-63B §5.1.1.2): the words that guessers try first, what the person is
 * called, this product's name, runs of keys and repetitions. Rules about kinds of characters make passwords worse, so
 * there are none.
 */
const commonWords: readonly string[] = [
  ...['password', 'passwort', 'passw', 'contraseña', 'kennwort', 'secret', 'geheim', 'letmein'],
  ...['welcome', 'willkommen', 'iloveyou', 'monkey', 'dragon', 'football', 'baseball', 'master'],
  ...['sunshine', 'princess', 'shadow', 'superman', 'batman', 'michael', 'jordan', 'trustno'],
  ...['administrator', 'admin', 'login', 'changeme', 'default', 'company', 'hello', 'freedom'],
  ...['whatever', 'starwars', 'computer', 'internet', 'summer', 'winter', 'spring', 'autumn'],
  ...['january', 'february', 'monday', 'friday', 'sommer', 'herbst', 'schatz', 'hallo'],
  ...['qwertz', 'azerty', 'sallyport'],
]
const keyRows = [
  ...['abcdefghijklmnopqrstuvwxyz', '01234567890', '1q2w3e4r5t6z7u8i9o0p', '1qaz2wsx3edc4rfv'],
  ...['qwertyuiopasdfghjklzxcvbnm', 'qwertzuiopasdfghjklyxcvbnm', 'azertyuiopqsdfghjklmwxcvbn'],
]
/** Of runs along the alphabet or the keys, forwards or backwards. */
const runMinLength = 4
/** A part of a name of fewer letters would be found by chance. */
const namePartMinLength = 4
/** With fewer different characters beside the words that everybody tries, a password is one of those words. */
const ownMinCharacters = 5

/** Who the password is for, as far as it is known. */
export interface PasswordOwner {
  readonly userPrincipalName: string
  readonly displayName: string
}

/** How many different characters of a password are of the person's own invention. */
function inventedCharacters(password: string, owner: PasswordOwner | undefined): number {
  let rest = plain(password)
  const names = owner ? [owner.userPrincipalName, owner.displayName].flatMap(partsOf) : []
  for (const word of [...names, ...commonWords]) rest = rest.replaceAll(word, ' ')
  rest = withoutRuns(rest)
  // `abcabcabc` is `abc`, and what is typed thrice is thought of once.
  return new Set(rest.replace(/\s/g, '')).size
}

/** Is it one of the first that somebody else would try? */
export function isEasilyGuessed(password: string, owner: PasswordOwner | undefined): boolean {
  return inventedCharacters(password, owner) < ownMinCharacters
}

// Letters as guessers write them: `P4$$w0rd` is no secret.
function plain(text: string): string {
  const written: Readonly<Record<string, string>> = { '@': 'a', $: 's', '!': 'i' }
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[@$!]/g, (sign) => written[sign] as string)
    .replace(/(?<=[a-z])[0134](?=[a-z])/g, (digit) => 'oiea'['0134'.indexOf(digit)] as string)
}

function partsOf(name: string): string[] {
  const parts = name.toLowerCase().split(/[^\p{L}\p{N}]+/u)
  return parts.filter((part) => part.length >= namePartMinLength)
}

function withoutRuns(text: string): string {
  let rest = text
  for (const row of keyRows.flatMap((keys) => [keys, [...keys].reverse().join('')])) {
    for (let at = 0; at + runMinLength <= row.length; at++) {
      const run = row.slice(at, at + runMinLength)
      if (rest.includes(run)) rest = rest.replaceAll(run, ' ')
    }
  }
  return rest
}
