/** A date of the API as a person reads it here: `2026-11-22 08:04:05`, in the machine's own zone. */
export function when(dateTime: string): string {
  const date = new Date(dateTime)
  if (Number.isNaN(date.getTime())) return dateTime
  const two = (number: number): string => String(number).padStart(2, '0')
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day} ${clock(dateTime)}`
}

/** The same without the day. */
export function clock(dateTime: string): string {
  const date = new Date(dateTime)
  if (Number.isNaN(date.getTime())) return dateTime
  const two = (number: number): string => String(number).padStart(2, '0')
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}

const units = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** `90m`, `2h`, `7d` as the date so long ago; a date as it is; undefined for anything else. */
export function since(written: string, now: number): string | undefined {
  const [, number, unit] = /^(\d{1,6})([smhd])$/.exec(written) ?? []
  if (number !== undefined) {
    const ms = Number(number) * units[unit as keyof typeof units]
    return new Date(now - ms).toISOString()
  }
  const date = new Date(written)
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString()
}
