import { errorCodes, framePayloadMaxBytes, settingIds, windowMaxBytes } from './frame.ts'
import { Http2Error } from './http2-error.ts'
import type { Http2Limits } from './limits.ts'

const settingBytes = 6
// RFC 9113 knows seven.
const settingsMax = 32
const frameSizeMaxBytes = 2 ** 24 - 1

/** What of a client's SETTINGS concerns what we send. */
export interface ClientSettings {
  headerTableSize: number | undefined
  initialWindowSize: number | undefined
}

/** Reads the payload of a SETTINGS frame (RFC 9113 §6.5). Throws an Http2Error. */
export function readSettings(bytes: Buffer, start: number, end: number): ClientSettings {
  const settings: ClientSettings = { headerTableSize: undefined, initialWindowSize: undefined }
  if ((end - start) % settingBytes !== 0) {
    throw new Http2Error(errorCodes.frameSize, 'half a setting')
  }
  if (end - start > settingsMax * settingBytes) {
    throw new Http2Error(errorCodes.enhanceYourCalm, 'too many settings')
  }
  for (let at = start; at < end; at += settingBytes) {
    const id = bytes.readUInt16BE(at)
    const value = bytes.readUInt32BE(at + 2)
    if (id === settingIds.headerTableSize) settings.headerTableSize = value
    else if (id === settingIds.initialWindowSize) settings.initialWindowSize = windowSize(value)
    else checkSetting(id, value)
  }
  return settings
}

function windowSize(value: number): number {
  if (value > windowMaxBytes) throw new Http2Error(errorCodes.flowControl, 'a window that large')
  return value
}

function checkSetting(id: number, value: number): void {
  const wrong =
    (id === settingIds.enablePush && value > 1) ||
    (id === settingIds.maxFrameSize &&
      (value < framePayloadMaxBytes || value > frameSizeMaxBytes)) ||
    (id === settingIds.enableConnectProtocol && value > 1)
  if (wrong) throw new Http2Error(errorCodes.protocol, `setting ${id} is ${value}`)
}

/** What we tell every client first. */
export function ownSettings(
  limits: Http2Limits,
): readonly (readonly [id: number, value: number])[] {
  return [
    [settingIds.maxConcurrentStreams, limits.streamsMax],
    [settingIds.initialWindowSize, limits.streamWindowBytes],
    [settingIds.maxHeaderListSize, limits.headerListBytes],
    // Announced so that WebSockets travel on the same connection (RFC 8441 §3).
    [settingIds.enableConnectProtocol, 1],
  ]
}
