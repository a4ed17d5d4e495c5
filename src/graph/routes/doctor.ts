import { examineCall, explainRequest } from '../doctor.ts'
import { beta, post, type Route } from '../route.ts'

const doctor = { area: 'doctor', use: 'read', ...beta } as const

/** The doctor, an extension: why a request fails, and what cures it. [D1] [D2] */
export const doctorRoutes: readonly Route[] = [
  post('/doctor/explain', explainRequest, doctor),
  post('/doctor/examine', examineCall, doctor),
]
