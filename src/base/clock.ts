/** Wall-clock milliseconds since 1970; a parameter where time decides, so that tests can own it. */
export type Clock = () => number

export const systemClock: Clock = () => Date.now()
