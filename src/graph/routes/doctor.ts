import { doctorBody, examineCall, explainRequest } from '../doctor.ts'
import { probeCall } from '../doctor-probe.ts'
import * as resource from '../resource/doctor.ts'
import { beta, post, type Route } from '../route.ts'
import { examineBody } from '../shape/examination.ts'
import { explainBody } from '../shape/imagined-request.ts'
import { probeBody } from '../shape/probe.ts'

const doctor = { area: 'doctor', use: 'read', ...beta } as const

/** The doctor, an extension: why a request fails, and what cures it. [D1] [D2] */
export const doctorRoutes: readonly Route[] = [
  post('/doctor/explain', explainRequest, doctor, {
    body: explainBody,
    answer: resource.explanation,
    status: 200,
  }),
  post(
    '/doctor/examine',
    examineCall,
    { ...doctor, largeBody: doctorBody },
    { body: examineBody, answer: resource.examination, status: 200 },
  ),
  // It sends requests to applications, past the sign-in: for whoever may publish them without one, too.
  post(
    '/doctor/probe',
    probeCall,
    { area: 'doctor', use: 'write', ...beta, largeBody: doctorBody },
    { body: probeBody, answer: resource.probe, status: 200 },
  ),
]
