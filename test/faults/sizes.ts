/** `npm run soak`: the same faults, many more of them, for as long as it takes. */
export const isSoak: boolean = process.env['SALLYPORT_SOAK'] === '1'
