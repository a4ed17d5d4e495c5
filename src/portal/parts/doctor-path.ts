/** What the doctor's page is opened with: two addresses, or a request that was seen. */
export interface DoctorQuestion {
  readonly page?: string
  readonly target?: string
  readonly method?: string
  readonly request?: string
}

/** The address of the doctor's page with the question filled in: `/doctor?page=…&target=…`. */
export function doctorPath(question: DoctorQuestion): string {
  const search = new URLSearchParams(question as Record<string, string>)
  return `/doctor?${search}`
}
